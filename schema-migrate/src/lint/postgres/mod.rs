//! What will not move to PostgreSQL as it is.

mod functions;
mod names;
mod tables;
mod text;
mod texts;
mod types;

use schema_core::model::{SchemaDef, TableDef};

pub(super) use names::LENGTH;
pub(super) use tables::{AUTOINCREMENT, DYNAMIC, ON_CONFLICT, VIRTUAL_TABLE, WITHOUT_ROWID};
pub(super) use texts::{COLLATION, FUNCTION, ROWID, TRIGGER};
pub(super) use types::TYPE;

use super::Finding;

/// A table and the model that it comes from.
pub(super) fn of_table(table: &TableDef, declared: Option<&TableDef>, found: &mut Vec<Finding>) {
    tables::findings(table, found);
    types::findings(table, found);
    names::findings(table, found);
    texts::of_table(table, declared, found);
}

/// Views and virtual tables.
pub(super) fn of_rest(schema: &SchemaDef, declared: &SchemaDef, found: &mut Vec<Finding>) {
    tables::virtual_tables(schema, declared, found);
    names::of_views(schema, found);
    texts::of_views(schema, declared, found);
}
