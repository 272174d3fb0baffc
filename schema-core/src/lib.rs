//! Models, typed queries, repositories and the database handle.

// The derives write `::schema_core::..`, also for the models of this crate's own tests.
extern crate self as schema_core;

mod database;
pub mod dialect;
mod engine;
mod error;
pub mod expr;
pub mod model;
pub mod query;
mod record;
pub mod repository;
mod schema;
pub mod value;

pub use database::{Db, Handle, OpenOptions, Progress, ReadTx, Savepoint, Tx};
pub use error::{Error, Result, Violation, ViolationKind};
pub use query::{InSchema, exists};
pub use record::{Mutable, NoKey, Record, Shape, Table};
pub use repository::{Patch, Repository, set};
pub use rusqlite;
pub use schema::{Has, Schema, Writable};

#[doc(hidden)]
pub mod private;

pub use schema_derive::{SqlEnum, SqlType, Table};
