//! Changes, and the statements that make them.
//!
//! A plan is made for one version of the engine, the oldest that may run it, and by rule: what a
//! development database happens to hold decides nothing.

mod expectation;
mod finding;
mod outcome;
pub mod sqlite;
mod step;
mod version;

pub use expectation::{Expectation, Level};
pub use finding::{Blocked, Loss, LossKind};
pub use outcome::{Plan, script};
pub use sqlite::plan as sqlite;
pub use step::{Cost, Step};
pub use version::EngineVersion;
