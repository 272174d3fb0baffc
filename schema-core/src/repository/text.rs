//! The texts of a repository's statements.

use crate::{
    dialect::quote_identifier,
    model::{ColumnDef, ColumnRole, TableDef},
    query::Writer,
    value::Value,
};

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(quote_identifier).collect::<Vec<_>>().join(", ")
}

/// Every column in order: what a model is read from.
pub(crate) fn columns(table: &TableDef) -> String {
    list(table.columns.iter().map(|column| &*column.name))
}

pub(super) fn key_names(table: &TableDef) -> impl Iterator<Item = &str> {
    table.primary_key.iter().flat_map(|key| key.columns.iter().map(|column| &*column.name))
}

pub(super) fn is_key(table: &TableDef, column: &ColumnDef) -> bool {
    key_names(table).any(|name| name == column.name)
}

pub(super) fn soft_delete(table: &TableDef) -> Option<(usize, &ColumnDef)> {
    with_role(table, ColumnRole::SoftDelete)
}

pub(super) fn with_role(table: &TableDef, role: ColumnRole) -> Option<(usize, &ColumnDef)> {
    table.columns.iter().enumerate().find(|(_, column)| column.role == role)
}

/// `"a" = ? AND "b" = ?`
pub(super) fn equals<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("{} = ?", quote_identifier(name))).collect::<Vec<_>>().join(" AND ")
}

/// `WHERE` for the row of a key.
pub(super) fn where_key(table: &TableDef) -> String {
    format!(" WHERE {}", equals(key_names(table)))
}

/// `WHERE` for the row of a key, with its values.
pub(crate) fn where_key_of(writer: &mut Writer, table: &TableDef, key: &[Value]) {
    let mut keyword = " WHERE ";
    for (name, value) in key_names(table).zip(key) {
        writer.text(&format!("{keyword}{} = ", quote_identifier(name)));
        writer.value(value.clone());
        keyword = " AND ";
    }
}

/// `SELECT` of whole models.
pub(super) fn select(table: &TableDef) -> String {
    format!("SELECT {} FROM {}", columns(table), quote_identifier(&table.name))
}

/// ` RETURNING` of whole models.
pub(super) fn returning(table: &TableDef) -> String {
    format!(" RETURNING {}", columns(table))
}

/// `INSERT` of the columns for which `included` holds, with a number of rows.
pub(super) fn insert(table: &TableDef, included: &dyn Fn(usize) -> bool, rows: usize) -> String {
    let names: Vec<&str> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(index, _)| included(*index))
        .map(|(_, column)| &*column.name)
        .collect();
    let target = quote_identifier(&table.name);
    if names.is_empty() {
        return format!("INSERT INTO {target} DEFAULT VALUES");
    }
    let row = format!("({})", vec!["?"; names.len()].join(", "));
    format!("INSERT INTO {target} ({}) VALUES {}", list(names.into_iter()), vec![row; rows].join(", "))
}
