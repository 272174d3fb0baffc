//! The definitions of a schema in SQLite's words.
//!
//! The text is what ends up in `sqlite_schema` and in migration files, so it is laid out for a
//! reader: one column or constraint a line, and every constraint named, because SQLite drops only
//! named ones in place.

mod column;
mod constraint;
mod full_text;
mod index;
mod table;
mod trigger;
mod view;

pub use constraint::constraint_name;
pub use full_text::full_text_statements;
pub use index::create_index;
pub use table::create_table;
pub use trigger::{append_only_triggers, create_triggers};
pub use view::create_view;

use crate::model::TableDef;

/// Every statement that builds a table: the table, its indexes, its triggers, in this order and
/// without closing semicolons.
pub fn create_statements(table: &TableDef) -> Vec<String> {
    let mut statements = vec![create_table(table)];
    statements.extend(table.indexes.iter().filter_map(|index| create_index(&table.name, index)));
    statements.extend(create_triggers(table));
    statements
}

/// A statement that a person wrote, without what stands around it.
fn statement(sql: &str) -> &str {
    sql.trim().trim_end_matches(';').trim_end()
}

#[cfg(test)]
mod tests;
