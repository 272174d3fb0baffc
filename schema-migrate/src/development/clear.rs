use schema_core::dialect::quote_identifier;
use schema_core::model::{SchemaDef, TableDef};
use schema_core::rusqlite::config::DbConfig;
use schema_core::rusqlite::{Connection, ffi};

use super::order::children_first;
use crate::inspect::sqlite;
use crate::keep::is_kept;
use crate::run::{
    Lock, Observer, Report, Settings, Target, Violations, check_writable, open, open_read_only,
};
use crate::{Error, ErrorKind, Result};

/// Which tables are emptied.
#[derive(Clone, Copy, Debug)]
pub enum Tables<'a> {
    /// Those that are named.
    Named(&'a [String]),
    /// All of the application's but those that are named. `_kept_..` tables stay unless named.
    AllBut(&'a [String]),
}

/// What is emptied, and how.
#[derive(Clone, Copy, Debug)]
pub struct ClearRequest<'a> {
    /// Which tables.
    pub tables: Tables<'a>,
    /// Whether AUTOINCREMENT begins at 1 again.
    pub restart: bool,
    /// Whether a backup is taken first, where the target says where to.
    pub backup: bool,
}

/// A table, and how many rows it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClearedTable {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: u64,
}

/// What was emptied.
#[derive(Clone, Debug, Default)]
pub struct Cleared {
    /// The tables in the order in which they were emptied: children before their parents.
    pub tables: Vec<ClearedTable>,
    /// The backup that was taken before, and what a person should know.
    pub report: Report,
}

/// What [`clear`] would empty. Changes nothing.
///
/// # Errors
/// A name is no table, or rows that stay refer to rows that would go.
pub fn clearable(target: &Target, tables: Tables<'_>) -> Result<Vec<ClearedTable>> {
    counted(&open_read_only(&target.database, target.wait)?, tables)
}

/// Deletes every row of the tables in one transaction, children first, or none. Nothing cascades: a row
/// of a table that is not named never goes with another, so one that would be left without its parent
/// is an error.
///
/// Triggers run. Where one of them forbids to delete (`append_only`), the rows go all the same, without
/// that table's triggers, and a warning says so.
///
/// # Errors
/// As [`clearable`]; also where another program migrates. Nothing was changed then.
pub fn clear(target: &Target, request: &ClearRequest<'_>, observer: &mut dyn Observer) -> Result<Cleared> {
    check_writable(&target.database, false)?;
    let _lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    let connection = open(&target.database, false, target.wait)?;
    let mut cleared = Cleared::default();
    if request.backup && counted(&connection, request.tables)?.iter().any(|table| table.rows > 0) {
        cleared.report.take_backup(&connection, target, observer)?;
    }
    // Rolls back whatever is not committed when it is dropped.
    let settings = Settings::switch(&connection, true)?;
    connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| sqlite_error("begin", error))?;
    let before = Violations::read(&connection)?;
    for table in counted(&connection, request.tables)? {
        if let Some(warning) = delete(&connection, &table.name)? {
            cleared.report.warnings.push(warning);
        }
        if request.restart {
            restart(&connection, &table.name)?;
        }
        cleared.tables.push(table);
    }
    if let Some((violation, rows)) = Violations::read(&connection)?.new_since(&before).first() {
        let (child, parent) = (violation.child.clone(), violation.parent.clone());
        return Err(left_behind(&[Staying { child, parent, rows: *rows }]));
    }
    connection.execute_batch("COMMIT").map_err(|error| sqlite_error("commit", error))?;
    drop(settings);
    Ok(cleared)
}

fn counted(connection: &Connection, tables: Tables<'_>) -> Result<Vec<ClearedTable>> {
    let schema = sqlite::schema(connection)?;
    let wanted = wanted(&schema, tables)?;
    let ordered = children_first(&schema, &wanted);
    let staying = staying(connection, &schema, &wanted)?;
    if !staying.is_empty() {
        return Err(left_behind(&staying));
    }
    let counted = ordered.iter().map(|table| {
        let rows = count(connection, &quote_identifier(&table.name))?;
        Ok(ClearedTable { name: table.name.to_string(), rows })
    });
    counted.collect()
}

/// Rows of a table that is not named, and refer to rows of one that would be emptied.
struct Staying {
    child: String,
    parent: String,
    rows: u64,
}

/// All tables that would have to be named as well, and those that refer to their rows in turn.
fn staying(connection: &Connection, schema: &SchemaDef, wanted: &[&TableDef]) -> Result<Vec<Staying>> {
    let mut going: Vec<&TableDef> = wanted.to_vec();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(parent) = going.get(at).copied() {
        at += 1;
        for child in schema.tables.iter() {
            for key in child.foreign_keys.iter().filter(|key| key.table.eq_ignore_ascii_case(&parent.name)) {
                if is_in(&going, &child.name) {
                    continue;
                }
                let set =
                    key.columns.iter().map(|column| format!("{} IS NOT NULL", quote_identifier(column)));
                let set = set.collect::<Vec<_>>().join(" AND ");
                let rows = count(connection, &format!("{} WHERE {set}", quote_identifier(&child.name)))?;
                if rows > 0 {
                    found.push(Staying {
                        child: child.name.to_string(),
                        parent: key.table.to_string(),
                        rows,
                    });
                    going.push(child);
                }
            }
        }
    }
    Ok(found)
}

fn wanted<'s>(schema: &'s SchemaDef, tables: Tables<'_>) -> Result<Vec<&'s TableDef>> {
    let (Tables::Named(names) | Tables::AllBut(names)) = tables;
    let mut named: Vec<&TableDef> = Vec::with_capacity(names.len());
    for name in names {
        let table = schema.table(name).ok_or_else(|| unknown(schema, name))?;
        if !is_in(&named, &table.name) {
            named.push(table);
        }
    }
    Ok(match tables {
        Tables::Named(_) => named,
        Tables::AllBut(_) => {
            let all = schema.tables.iter().map(AsRef::as_ref);
            all.filter(|table: &&TableDef| !is_in(&named, &table.name) && !is_kept(&table.name)).collect()
        }
    })
}

fn is_in(tables: &[&TableDef], name: &str) -> bool {
    tables.iter().any(|table| table.name.eq_ignore_ascii_case(name))
}

fn count(connection: &Connection, from: &str) -> Result<u64> {
    let rows: i64 =
        connection.query_row(&format!("SELECT count(*) FROM main.{from}"), [], |row| row.get(0))?;
    Ok(u64::try_from(rows).unwrap_or(0))
}

/// Gives a warning where the table's triggers had to be left out.
fn delete(connection: &Connection, table: &str) -> Result<Option<String>> {
    let sql = format!("DELETE FROM main.{}", quote_identifier(table));
    let failed = |error| sqlite_error(&format!("empty {table}"), error);
    let Err(error) = connection.execute_batch(&sql) else { return Ok(None) };
    if error.sqlite_error().is_none_or(|error| error.extended_code != ffi::SQLITE_CONSTRAINT_TRIGGER) {
        return Err(failed(error));
    }
    let why = error.to_string();
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let deleted = connection.execute_batch(&sql);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    deleted.map_err(failed)?;
    Ok(Some(format!("{table} was emptied without its triggers, one of which forbids it ({why})")))
}

/// The table that keeps the marks is there only where one has been set.
fn restart(connection: &Connection, table: &str) -> Result<()> {
    let there: bool = connection.query_row(
        "SELECT count(*) > 0 FROM main.sqlite_schema WHERE name = 'sqlite_sequence'",
        [],
        |row| row.get(0),
    )?;
    if there {
        connection.execute("DELETE FROM main.sqlite_sequence WHERE name = ?1 COLLATE NOCASE", [table])?;
    }
    Ok(())
}

fn unknown(schema: &SchemaDef, name: &str) -> Error {
    let tables: Vec<&str> = schema.tables.iter().map(|table| table.name.as_ref()).collect();
    Error::usage(format!("there is no table `{name}`"))
        .why(format!(
            "the database has {}",
            if tables.is_empty() { "none".into() } else { tables.join(", ") }
        ))
        .state("nothing was changed")
}

fn left_behind(staying: &[Staying]) -> Error {
    let lines = staying.iter().map(|Staying { child, parent, rows }| {
        let refer = if *rows == 1 { "row refers" } else { "rows refer" };
        format!("`{child}` stays, and {rows} {refer} to rows of `{parent}`")
    });
    let children: Vec<&str> = staying.iter().map(|staying| staying.child.as_str()).collect();
    let parent = staying.first().map_or_else(String::new, |first| first.parent.clone());
    Error::new(ErrorKind::Preflight, lines.collect::<Vec<_>>().join("; "))
        .why("rows of a table that is not named are never deleted with others")
        .state("nothing was changed")
        .next(format!("name {} too, or leave {parent} out", children.join(", ")))
}

fn sqlite_error(doing: &str, error: schema_core::rusqlite::Error) -> Error {
    Error::sqlite(doing, error)
        .state("everything was rolled back; nothing was changed")
        .next("db-status says where the database stands")
}
