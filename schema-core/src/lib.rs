//! Models, typed queries, repositories and the database handle.

pub mod dialect;
mod engine;
mod error;
pub mod model;
pub mod value;

pub use error::{Error, Result, Violation, ViolationKind};
pub use rusqlite;
