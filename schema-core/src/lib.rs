//! Models, typed queries, repositories and the database handle.

// The derives write `::schema_core::..`, also for models inside this crate's own tests.
extern crate self as schema_core;

pub mod database;
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

pub use error::{Error, Result, Violation, ViolationKind};
pub use query::exists;
pub use record::{Mutable, NoKey, Record, Shape, Table};
pub use repository::{Patch, set};
pub use rusqlite;
pub use schema::{Has, Schema, Writable};
