//! Models, typed queries, repositories and the database handle.

// The derives write `::schema_core::..`, also for the models of this crate's own tests.
extern crate self as schema_core;

mod database;
pub mod dialect;
mod engine;
mod error;
pub mod expr;
pub mod function;
mod group;
pub mod model;
mod never;
pub mod query;
mod record;
mod reference;
pub mod repository;
mod schema;
pub mod value;
mod view;

pub use database::{Changes, Db, Handle, OpenOptions, Opens, Progress, ReadTx, Runs, Savepoint, Tx};
pub use engine::sqlite::CancelHandle;
pub use error::{Error, InvalidField, Result, Violation, ViolationKind};
pub use group::ColumnGroup;
pub use query::{InSchema, assert_uses_index, exists, row, scalar, sql, sql_at_run_time, sql_expr};
pub use record::{Mutable, NamedTable, NamesRow, NoKey, Record, Shape, Table};
pub use reference::{Referable, References};
pub use repository::{Change, Filled, Hooks, Patch, Repository, ViewRepository, set};
pub use rusqlite;
pub use schema::{Has, HasView, ListedTable, Schema, Writable};
pub use view::{View, WritableView};

#[doc(hidden)]
pub mod private;

///
/// ```
/// use schema_core::{Db, Table};
///
/// #[derive(Table)]
/// struct Author {
///     #[column(primary_key)]
///     id: i64,
///     name: String,
/// }
///
/// schema_core::schema! {
///     /// Everything this application owns.
///     pub(crate) Library { Author }
/// }
/// # fn main() -> schema_core::Result<()> {
/// let db = Db::<Library>::in_memory()?;
/// # Ok(())
/// # }
/// ```
///
/// `external pub Calibre { .. }` is a schema that somebody else owns: opened read-only and never migrated.
/// `external, writable pub Calibre { .. }` admits writes to its rows.
pub use schema_derive::schema;
pub use schema_derive::{ColumnGroup, Row, SqlEnum, SqlType, Table, View};
