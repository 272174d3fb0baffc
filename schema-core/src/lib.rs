//! Models, typed queries, repositories and the database handle.

pub mod dialect;
mod engine;
mod error;
pub mod model;
mod schema;
pub mod value;

pub use error::{Error, Result, Violation, ViolationKind};
pub use rusqlite;
pub use schema::{Has, Schema, Writable};
