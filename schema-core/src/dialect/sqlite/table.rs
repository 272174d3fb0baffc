use super::{column, constraint};
use crate::dialect::quote_identifier;
use crate::model::TableDef;

/// `CREATE TABLE`, one column or constraint a line; of a table that has its whole text, that text.
///
/// ```
/// use schema_core::model::{ColumnDef, TableDef, list, text};
///
/// static COLUMNS: [ColumnDef; 1] =
///     [ColumnDef { name: text("name"), sql_type: text("TEXT"), nullable: false, ..ColumnDef::EMPTY }];
/// let table = TableDef { name: text("authors"), columns: list(&COLUMNS), ..TableDef::EMPTY };
/// assert_eq!(
///     schema_core::dialect::sqlite::create_table(&table),
///     "CREATE TABLE \"authors\" (\n  \"name\" TEXT NOT NULL\n)"
/// );
/// ```
pub fn create_table(table: &TableDef) -> String {
    if let Some(sql) = &table.sql {
        return super::statement(sql).to_owned();
    }
    let mut lines: Vec<String> = table.columns.iter().map(|item| column::definition(table, item)).collect();
    lines.extend(constraint::definitions(table));
    let mut sql = format!("CREATE TABLE {} (\n  {}\n)", quote_identifier(&table.name), lines.join(",\n  "));
    match (table.strict, table.without_rowid) {
        (true, true) => sql.push_str(" STRICT, WITHOUT ROWID"),
        (true, false) => sql.push_str(" STRICT"),
        (false, true) => sql.push_str(" WITHOUT ROWID"),
        (false, false) => {}
    }
    sql
}
