//! What is dropped, kept aside: with `--keep-dropped` a table goes by another name, and the values of a
//! column into a table of their own, from which the way down takes them back.
//!
//! Tables whose names begin with `_kept_` belong to this room. The migration that makes them records
//! them; no model knows them. So wherever a schema is compared with the models they count as declared,
//! until `--drop-kept` asks for a migration that drops them.

mod column;
mod destination;
mod table;

use std::borrow::Cow;

use schema_core::model::{SchemaDef, TableDef};

pub(crate) use column::KeptColumn;
pub use destination::{Destination, destination};

/// How the name of a table begins that keeps what was dropped.
pub const PREFIX: &str = "_kept_";

/// Whether a table of this name keeps what was dropped.
pub fn is_kept(table: &str) -> bool {
    table.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// The declared schema with the tables of `from` that keep what was dropped: no model knows them, and
/// nobody asked for them to go.
pub fn with_kept<'a>(from: &SchemaDef, declared: &'a SchemaDef) -> Cow<'a, SchemaDef> {
    let kept: Vec<TableDef> = kept_of(from, declared).cloned().collect();
    if kept.is_empty() { Cow::Borrowed(declared) } else { Cow::Owned(joined(declared, kept)) }
}

/// The tables of `from` that keep what was dropped and that `declared` does not know.
fn kept_of<'a>(from: &'a SchemaDef, declared: &'a SchemaDef) -> impl Iterator<Item = &'a TableDef> {
    let tables = from.tables.iter().map(AsRef::as_ref);
    tables.filter(|table| is_kept(&table.name) && declared.table(&table.name).is_none())
}

/// The schema with more tables, in the order of their names.
fn joined(schema: &SchemaDef, more: Vec<TableDef>) -> SchemaDef {
    let mut tables = schema.tables.to_vec();
    tables.extend(more.into_iter().map(Cow::Owned));
    tables.sort_by(|left, right| left.name.cmp(&right.name));
    SchemaDef { tables: tables.into(), ..schema.clone() }
}
