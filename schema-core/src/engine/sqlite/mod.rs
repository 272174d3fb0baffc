//! SQLite: connections, statements and rows over its C API.

mod explain;
mod failure;
mod raw;
mod statements;

pub(crate) use explain::explain;
pub(crate) use failure::Failure;
pub(crate) use raw::{Bound, Parameters, RowRef, Statement};
pub(crate) use statements::{Connection, Slot, Source};
