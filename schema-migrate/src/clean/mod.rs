//! Deleting what is older than so many days.
//!
//! Ages are compared as instants, as the models say that they are stored: a value that the model could not read is never
//! compared, never deleted, and told. What goes with the rows by their foreign keys is counted before anything is deleted.

mod column;
mod effect;
mod going;
mod instant;
mod work;

pub use effect::{Effect, EffectKind};
pub use work::{CleanRequest, Cleaned, CleanedTable, Rule, clean, cleanable};
