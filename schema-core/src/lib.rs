//! Models, typed queries, repositories and the database handle.

mod database;
pub mod dialect;
mod engine;
mod error;
pub mod model;
mod schema;
pub mod value;

pub use database::{Db, Handle, OpenOptions, Progress, ReadTx, Savepoint, Tx};
pub use error::{Error, Result, Violation, ViolationKind};
pub use rusqlite;
pub use schema::{Has, Schema, Writable};

/// What generated code names. Not for people, and not stable.
#[doc(hidden)]
pub mod private {
    pub use crate::{database::Session, engine::sqlite::Slot};
}
