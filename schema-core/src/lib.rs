//! Models, typed queries, repositories and the database handle.

pub mod dialect;
pub mod model;

pub use rusqlite;
