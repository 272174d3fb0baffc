//! What a developer does to a database and nobody to a production one: empty tables, begin anew.

mod clear;
pub(crate) mod order;
mod reset;

pub use clear::{ClearRequest, Cleared, ClearedTable, Tables, clear, clearable};
pub use reset::{Reset, reset};
