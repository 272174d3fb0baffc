use std::collections::BTreeMap;
use std::path::Path;

use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::{Connection, OptionalExtension as _, Result as SqliteResult};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::pack::hex;
use super::{HISTORY_TABLE, PUSHED_TABLE};
use crate::integrity::unknown_in;
use crate::{Error, ErrorKind, Result, explain, integrity};

/// What a database holds, in figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// The last revision that was applied.
    pub revision: Option<String>,
    /// SHA-256 over the definitions of everything in it.
    pub schema_hash: String,
    /// Rows a table, of those that can be counted without the application.
    pub tables: BTreeMap<String, u64>,
    /// Rows without their parent.
    pub orphans: Vec<Orphans>,
    /// Tables that could not be checked without what only the application has.
    pub unchecked: Vec<String>,
    /// Whether it holds a row of the application's, as [`holds_rows`] says.
    pub holds_rows: bool,
}

/// Rows of one table without their parent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphans {
    /// The child table.
    pub table: String,
    /// The parent table.
    pub parent: String,
    /// How many rows; `None` where the foreign key refers to columns that are no key.
    pub rows: Option<u64>,
}

/// Checks every page of a database and says what it holds.
///
/// # Errors
/// It is damaged, or cannot be read. Rows without their parent are no error.
pub(crate) fn check(connection: &Connection, path: &Path) -> Result<Contents> {
    let integrity = integrity(connection)?;
    if let Some(faults) = integrity.faults {
        return Err(Error::new(ErrorKind::Verification, format!("{} is damaged", path.display()))
            .why(faults)
            .state("nothing was changed"));
    }
    let unchecked = integrity.unchecked.into_iter().map(|(table, _)| table).collect();
    contents(connection, unchecked).map_err(|error| explain(path, error))
}

fn contents(connection: &Connection, unchecked: Vec<String>) -> SqliteResult<Contents> {
    let mut found = Contents {
        revision: revision(connection)?,
        schema_hash: schema_hash(connection)?,
        unchecked,
        holds_rows: any_row(connection)?,
        ..Contents::default()
    };
    for table in tables(connection)? {
        if let Some(rows) = rows_of(connection, &table)? {
            found.tables.insert(table.clone(), rows);
        }
        orphans(connection, &table, &mut found.orphans)?;
    }
    Ok(found)
}

/// Whether any table has a row, besides those in which migrations and pushes are recorded. What a
/// full-text table keeps for itself beside its rows does not count: it is there without any.
pub fn holds_rows(connection: &Connection) -> Result<bool> {
    let path = Path::new(connection.path().unwrap_or("the database")).to_owned();
    any_row(connection).map_err(|error| explain(&path, error))
}

fn any_row(connection: &Connection) -> SqliteResult<bool> {
    for (table, is_virtual) in tables_of_the_application(connection)? {
        if [HISTORY_TABLE, PUSHED_TABLE].iter().any(|own| table.eq_ignore_ascii_case(own)) {
            continue;
        }
        let indexed = if is_virtual { "" } else { " NOT INDEXED" };
        let sql = format!("SELECT EXISTS (SELECT 1 FROM main.{}{indexed})", quote_identifier(&table));
        match connection.query_row(&sql, [], |row| row.get(0)) {
            Ok(false) => {}
            Ok(true) => return Ok(true),
            // What cannot be read without the application, or not as a whole, may well have rows.
            Err(error) if is_virtual || unknown_in(&error).is_some() || is_ordered_elsewhere(&error) => {
                return Ok(true);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(false)
}

/// Tables whose rows are somebody's, and whether they are virtual; those in which a virtual table keeps
/// its rows are left out, as far as its module is known here.
fn tables_of_the_application(connection: &Connection) -> SqliteResult<Vec<(String, bool)>> {
    connection
        .prepare(
            "SELECT name, type = 'virtual' FROM pragma_table_list
             WHERE schema = 'main' AND type IN ('table', 'virtual')
               AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name",
        )?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Tables that keep rows of their own; a virtual table keeps its rows in some of these.
fn tables(connection: &Connection) -> SqliteResult<Vec<String>> {
    connection
        .prepare(
            "SELECT name FROM main.sqlite_schema
             WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )?
        .query_map([], |row| row.get(0))?
        .collect()
}

fn rows_of(connection: &Connection, table: &str) -> SqliteResult<Option<u64>> {
    let count = |indexed: &str| {
        let sql = format!("SELECT count(*) FROM main.{}{indexed}", quote_identifier(table));
        connection.query_row(&sql, [], |row| row.get::<_, i64>(0))
    };
    // The smallest index is read, unless only the application can.
    match count("").or_else(|_| count(" NOT INDEXED")) {
        Ok(rows) => Ok(u64::try_from(rows).ok()),
        Err(error) if unknown_in(&error).is_some() || is_ordered_elsewhere(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// What SQLite says of a table without rowids whose key has an order that only the application knows.
fn is_ordered_elsewhere(error: &schema_core::rusqlite::Error) -> bool {
    error.to_string().contains("no query solution")
}

/// Rows without their parent, of every table.
pub(crate) fn orphans_of(connection: &Connection) -> SqliteResult<Vec<Orphans>> {
    let mut found = Vec::new();
    for table in tables(connection)? {
        orphans(connection, &table, &mut found)?;
    }
    Ok(found)
}

fn orphans(connection: &Connection, table: &str, found: &mut Vec<Orphans>) -> SqliteResult<()> {
    let mut statement = connection.prepare(
        "SELECT parent, count(*) FROM pragma_foreign_key_check(?1) GROUP BY parent ORDER BY parent",
    )?;
    let rows = statement.query_map([table], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)));
    match rows.and_then(Iterator::collect::<SqliteResult<Vec<(String, i64)>>>) {
        Ok(rows) => {
            found.extend(rows.into_iter().map(|(parent, rows)| Orphans {
                table: table.to_owned(),
                parent,
                rows: u64::try_from(rows).ok(),
            }));
            Ok(())
        }
        Err(error) if error.to_string().contains("foreign key mismatch") => {
            let message = error.to_string();
            let parent =
                message.rsplit_once("referencing ").map_or("", |(_, parent)| parent.trim_matches('"'));
            found.push(Orphans { table: table.to_owned(), parent: parent.to_owned(), rows: None });
            Ok(())
        }
        // A key over a collating sequence of the application cannot be looked up here.
        Err(error) if unknown_in(&error).is_some() => Ok(()),
        Err(error) => Err(error),
    }
}

/// The last revision of the history, where there is one.
fn revision(connection: &Connection) -> SqliteResult<Option<String>> {
    let sql = format!("SELECT revision FROM main.{HISTORY_TABLE} ORDER BY position DESC LIMIT 1");
    match connection.prepare(&sql) {
        Ok(mut statement) => statement.query_row([], |row| row.get(0)).optional(),
        // There is no such table, or it is somebody else's.
        Err(_) => Ok(None),
    }
}

fn schema_hash(connection: &Connection) -> SqliteResult<String> {
    let mut statement = connection.prepare(
        "SELECT type, name, tbl_name, coalesce(sql, '') FROM main.sqlite_schema
         WHERE name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\' ORDER BY type, name, tbl_name",
    )?;
    let mut rows = statement.query([])?;
    let mut hash = Sha256::new();
    while let Some(row) = rows.next()? {
        for column in 0..4 {
            hash.update(row.get_ref(column)?.as_bytes().unwrap_or_default());
            hash.update([0]);
        }
    }
    Ok(hex(&hash.finalize()))
}
