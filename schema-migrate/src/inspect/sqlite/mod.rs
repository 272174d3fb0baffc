//! Reading a SQLite database.

mod columns;
mod constraints;
mod default;
pub(crate) mod definition;
mod index;
mod objects;
mod schema;
mod table;

pub use schema::{FRAMEWORK_TABLES, schema};
