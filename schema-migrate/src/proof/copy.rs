use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::backup::Backup;
use schema_core::rusqlite::config::DbConfig;
use schema_core::rusqlite::{self, Connection};

use crate::inspect::{Unknown, collations_in, execute, scratch};
use crate::{Error, Result};

/// A second scratch database that holds the same.
pub(crate) fn copy(source: &Connection) -> Result<Connection> {
    let mut target = scratch()?;
    for collation in collations(source)? {
        Unknown::Collation(collation).stand_in(&target)?;
    }
    let copied = Backup::new(source, &mut target).and_then(|backup| backup.step(-1).map(drop));
    copied.map_err(|error| Error::sqlite("copy a scratch database", error))?;
    Ok(target)
}

/// The collating sequences in the schema that only the application has: those of a copy have to be
/// stood in for again.
fn collations(source: &Connection) -> Result<Vec<String>> {
    let texts: rusqlite::Result<Vec<String>> = source
        .prepare("SELECT sql FROM main.sqlite_schema WHERE sql LIKE '%collate%'")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect());
    let texts = texts.map_err(|error| Error::sqlite("read a scratch database", error))?;
    Ok(texts.iter().flat_map(|text| collations_in(text)).collect())
}

/// Deletes rows of a table, leaving those at the positions given, in the order of their rowids; all
/// where there are none. Triggers stay quiet, or an append-only table would refuse.
pub(crate) fn keep_only(connection: &Connection, table: &str, positions: &[usize]) -> Result<()> {
    let quoted = quote_identifier(table);
    let kept: Vec<String> = match rowids(connection, &quoted) {
        Ok(ids) => positions.iter().filter_map(|position| ids.get(*position)).map(i64::to_string).collect(),
        Err(_) => Vec::new(),
    };
    let chosen =
        if kept.is_empty() { String::new() } else { format!(" WHERE _rowid_ NOT IN ({})", kept.join(", ")) };
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    // An index may call a function that only the application has.
    let done = execute(connection, &format!("DELETE FROM {quoted}{chosen}"));
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    done
}

fn rowids(connection: &Connection, quoted: &str) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare(&format!("SELECT _rowid_ FROM {quoted} ORDER BY _rowid_"))?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// How many rows a table has.
pub(crate) fn count(connection: &Connection, table: &str) -> Result<usize> {
    let sql = format!("SELECT count(*) FROM {}", quote_identifier(table));
    connection
        .query_row(&sql, [], |row| row.get::<_, i64>(0))
        .map(|count| usize::try_from(count).unwrap_or(0))
        .map_err(|error| Error::sqlite(format!("count the rows of {table}"), error))
}
