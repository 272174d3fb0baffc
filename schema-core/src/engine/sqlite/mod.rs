//! SQLite: connections, statements and rows over its C API.

mod cache;
mod cancel;
mod explain;
#[cfg(test)]
mod explain_tests;
mod failure;
mod foreign_key;
#[cfg(test)]
mod foreign_key_tests;
mod limits;
mod open;
mod raw;
#[cfg(test)]
mod raw_tests;
mod refused;
mod stand_in;
mod statements;
#[cfg(test)]
mod statements_tests;
mod tracing;
mod watch;

pub use cancel::CancelHandle;
pub(crate) use explain::explain;
pub(crate) use failure::Failure;
pub(crate) use foreign_key::{Attempt, Change, NewColumns, explain_deferred, explain_foreign_key};
pub(crate) use limits::{Limits, refused};
pub(crate) use open::{Access, Settings};
pub(crate) use raw::{Bound, Parameters, RowRef, Statement, lent, utf8};
pub(crate) use refused::known;
pub use statements::Slot;
pub(crate) use statements::{Connection, Source};
pub(crate) use tracing::Tracing;
