use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::backup::Backup;
use schema_core::rusqlite::config::DbConfig;
use schema_core::rusqlite::{self, Connection};

use crate::inspect::scratch;
use crate::{Error, Result};

/// A second scratch database that holds the same.
pub(super) fn copy(source: &Connection) -> Result<Connection> {
    let mut target = scratch()?;
    let copied = Backup::new(source, &mut target).and_then(|backup| backup.step(-1).map(drop));
    copied.map_err(|error| Error::sqlite("copy a scratch database", error))?;
    Ok(target)
}

/// Deletes rows of a table, leaving those at the positions given, in the order in which SQLite reads
/// them. Triggers stay quiet, or an append-only table would refuse.
pub(super) fn keep_only(connection: &Connection, table: &str, positions: &[usize]) -> Result<()> {
    delete(connection, table, positions)
        .map_err(|error| Error::sqlite(format!("take rows out of {table} on a scratch database"), error))
}

fn delete(connection: &Connection, table: &str, positions: &[usize]) -> rusqlite::Result<()> {
    let table = quote_identifier(table);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    let done = match rowids(connection, &table) {
        // Without rowids no row can be told from another: all go.
        Err(_) => connection.execute_batch(&format!("DELETE FROM {table}")),
        Ok(_) if positions.is_empty() => connection.execute_batch(&format!("DELETE FROM {table}")),
        Ok(ids) => {
            let mut statement = connection.prepare(&format!("DELETE FROM {table} WHERE _rowid_ = ?1"))?;
            let gone = ids.iter().enumerate().filter(|(position, _)| !positions.contains(position));
            gone.map(|(_, id)| id).try_for_each(|id| statement.execute([id]).map(drop))
        }
    };
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, true)?;
    done
}

fn rowids(connection: &Connection, quoted: &str) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare(&format!("SELECT _rowid_ FROM {quoted} ORDER BY _rowid_"))?;
    statement.query_map([], |row| row.get(0))?.collect()
}

/// How many rows a table has.
pub(super) fn count(connection: &Connection, table: &str) -> Result<usize> {
    let sql = format!("SELECT count(*) FROM {}", quote_identifier(table));
    connection
        .query_row(&sql, [], |row| row.get::<_, i64>(0))
        .map(|count| usize::try_from(count).unwrap_or(0))
        .map_err(|error| Error::sqlite(format!("count the rows of {table}"), error))
}
