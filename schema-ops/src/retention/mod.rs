//! Which backups are kept: a pure plan, and the removal of what it keeps for nothing.

mod plan;
mod prune;

pub use plan::{Decision, Entry, KeptFor, Known, Policy, plan};
pub use prune::{Pruned, decide, prune};
