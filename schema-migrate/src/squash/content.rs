//! What the rows of a scratch database become in the file of a squash.

use schema_core::dialect::quote_identifier;
use schema_core::model::{SchemaDef, TableDef};
use schema_core::rusqlite::{self, Connection};

use crate::inspect::sqlite::definition::{Content, VirtualTableText};
use crate::{Error, Result};

/// The statements that bring the rows of a database into an empty one of its schema, and how many rows.
pub(super) fn rows(database: &Connection, schema: &SchemaDef) -> Result<(Vec<String>, usize)> {
    let sqlite = |error| Error::sqlite("read the rows of a scratch database", error);
    let (mut statements, mut count) = (Vec::new(), 0);
    for table in parents_first(schema) {
        let inserts = inserts(database, table).map_err(sqlite)?;
        count += inserts.len();
        statements.extend(inserts);
        statements.extend(high_water_mark(database, table).map_err(sqlite)?);
    }
    for table in schema.virtual_tables.iter() {
        let name = quote_identifier(&table.name);
        let held =
            database.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get::<_, i64>(0));
        if held.unwrap_or_default() == 0 {
            continue;
        }
        let text = VirtualTableText::read(&table.sql);
        if matches!(text.as_ref().map_or(Content::Own, VirtualTableText::content), Content::Own) {
            return Err(Error::failed(format!(
                "the rows that migrations store in `{}` cannot be carried",
                table.name
            ))
            .why("it is a virtual table that keeps its rows itself")
            .state("nothing was changed")
            .next("db-squash --to REVISION folds what comes before"));
        }
        statements.push(format!("INSERT INTO {name}({name}) VALUES('rebuild')"));
    }
    Ok((statements, count))
}

/// An INSERT a row, in the order of the rows.
fn inserts(database: &Connection, table: &TableDef) -> rusqlite::Result<Vec<String>> {
    let columns: Vec<String> = table
        .columns
        .iter()
        .filter(|column| column.generated.is_none())
        .map(|column| quote_identifier(&column.name))
        .collect();
    if columns.is_empty() {
        return Ok(Vec::new());
    }
    let values: Vec<String> = columns.iter().map(|column| format!("quote({column})")).collect();
    let name = quote_identifier(&table.name);
    let order =
        if table.without_rowid || table.column("_rowid_").is_some() { "" } else { " ORDER BY _rowid_" };
    let sql = format!("SELECT {} FROM {name}{order}", values.join(" || ', ' || "));
    let mut statement = database.prepare(&sql)?;
    let insert = |row: &rusqlite::Row<'_>| {
        let values: String = row.get(0)?;
        Ok(format!("INSERT INTO {name} ({}) VALUES ({values})", columns.join(", ")))
    };
    statement.query_map([], insert)?.collect()
}

/// What AUTOINCREMENT counts on from, where it is more than the rows say.
fn high_water_mark(database: &Connection, table: &TableDef) -> rusqlite::Result<Vec<String>> {
    if !table.primary_key.as_ref().is_some_and(|key| key.autoincrement) {
        return Ok(Vec::new());
    }
    let mut statement = database.prepare("SELECT seq, quote(name) FROM sqlite_sequence WHERE name = ?1")?;
    let marks = statement
        .query_map([table.name.as_ref()], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)))?;
    let mut statements = Vec::new();
    for mark in marks {
        let (mark, name) = mark?;
        statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {name}"));
        statements.push(format!("INSERT INTO sqlite_sequence(name, seq) VALUES ({name}, {mark})"));
    }
    Ok(statements)
}

/// Tables in an order in which a parent comes before its children; a cycle is cut anywhere, since foreign
/// keys are off while a squash runs.
fn parents_first(schema: &SchemaDef) -> Vec<&TableDef> {
    let mut waiting: Vec<&TableDef> = schema.tables.iter().map(AsRef::as_ref).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |table: &&TableDef| {
            table.foreign_keys.iter().all(|key| {
                key.table.eq_ignore_ascii_case(&table.name)
                    || !waiting.iter().any(|other| other.name.eq_ignore_ascii_case(&key.table))
            })
        };
        let next = waiting.iter().position(is_ready).unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}
