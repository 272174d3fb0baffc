use schema_core::dialect::{quote_identifier, quote_text};
use schema_core::model::SchemaDef;
use schema_core::query::Plan;
use schema_core::rusqlite::config::DbConfig;
use schema_core::rusqlite::{self, Connection, types::Value};

use super::Index;
use crate::inspect::{replay, unknown_name};
use crate::{Error, Result};

/// How many names one statement may use that only the application knows.
const UNKNOWN_LIMIT: usize = 64;

/// A line of a plan: its number, the number of what it is a part of, SQLite's words. Without words it begins the
/// program of a foreign key.
pub(super) type Line = (i64, i64, Option<String>);

/// The schema of a database in memory, without its rows and with its statistics: SQLite plans here as it does there.
#[derive(Debug)]
pub(super) struct Copy {
    connection: Connection,
    has_statistics: bool,
}

impl Copy {
    /// A copy of what this connection reads.
    pub(super) fn of(live: &Connection, schema: &SchemaDef) -> Result<Self> {
        let connection = replay(schema)?;
        let told = |error| Error::sqlite("copy the statistics", error);
        // As the connections of an application: a plan does not depend on what is bound.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(told)?;
        // Makes their tables, which nobody else may make.
        connection.execute_batch("ANALYZE").map_err(told)?;
        let mut has_statistics = false;
        for table in ["sqlite_stat1", "sqlite_stat4"] {
            has_statistics |= copy_rows(live, &connection, table).map_err(told)?;
        }
        connection.execute_batch("ANALYZE sqlite_schema").map_err(told)?;
        Ok(Self { connection, has_statistics })
    }

    /// The lines of a statement's plan with those of the triggers that it fires.
    pub(super) fn lines_with_triggers(&self, sql: &str) -> rusqlite::Result<Vec<Line>> {
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, true)?;
        let lines = self.lines(sql);
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRIGGER_EQP, false)?;
        lines
    }

    /// The lines of a statement's plan. `Err` has SQLite's words where it has none.
    pub(super) fn lines(&self, sql: &str) -> rusqlite::Result<Vec<Line>> {
        let mut tried = 0;
        loop {
            let error = match self.ask(sql) {
                Err(error) => error,
                lines => return lines,
            };
            tried += 1;
            match unknown_name(&error.to_string()).filter(|_| tried <= UNKNOWN_LIMIT) {
                Some(unknown) => unknown.stand_in(&self.connection)?,
                None => return Err(error),
            }
        }
    }

    fn ask(&self, sql: &str) -> rusqlite::Result<Vec<Line>> {
        let mut statement = self.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        // Nothing is bound: the plan is the same whatever is.
        let mut rows = statement.raw_query();
        let mut lines = Vec::new();
        while let Some(row) = rows.next()? {
            lines.push((row.get(0)?, row.get(1)?, row.get(3)?));
        }
        Ok(lines)
    }

    /// Does something while there are these indexes. `None` where SQLite refuses to make one.
    pub(super) fn with<T>(&self, indexes: &[(&Index, String)], work: impl FnOnce() -> T) -> Option<T> {
        let made = indexes.iter().try_for_each(|(index, statistics)| {
            self.connection.execute_batch(&index.create())?;
            if self.has_statistics {
                self.connection.execute(
                    "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)",
                    [&index.table, &index.name, statistics],
                )?;
            }
            Ok::<(), rusqlite::Error>(())
        });
        let made = made.and_then(|()| self.connection.execute_batch("ANALYZE sqlite_schema"));
        let done = made.is_ok().then(work);
        for (index, _) in indexes {
            // Its statistics go with it.
            let drop = format!("DROP INDEX IF EXISTS {}", quote_identifier(&index.name));
            if self.connection.execute_batch(&drop).is_err() {
                return None;
            }
        }
        done
    }
}

/// The lines as a plan.
pub(super) fn planned(lines: &[Line], aliases: &[(String, String)]) -> Plan {
    let lines: Vec<(i64, i64, String)> = lines
        .iter()
        .map(|(number, part, words)| (*number, *part, words.clone().unwrap_or_default()))
        .collect();
    Plan::of_lines(&lines, aliases)
}

/// Copies a table of SQLite's own. Whether there was a row.
fn copy_rows(live: &Connection, copy: &Connection, table: &str) -> rusqlite::Result<bool> {
    let is_there = |connection: &Connection| {
        let sql = format!(
            "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = {}",
            quote_text(table)
        );
        connection.query_row(&sql, [], |row| row.get::<_, bool>(0))
    };
    if !(is_there(live)? && is_there(copy)?) {
        return Ok(false);
    }
    let mut read = live.prepare(&format!("SELECT * FROM main.{table}"))?;
    let columns = read.column_count();
    let marks = vec!["?"; columns].join(", ");
    copy.execute(&format!("DELETE FROM {table}"), [])?;
    let mut write = copy.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?;
    let mut rows = read.query([])?;
    let mut has_rows = false;
    while let Some(row) = rows.next()? {
        has_rows = true;
        let values: Vec<Value> =
            (0..columns).map(|column| row.get(column)).collect::<rusqlite::Result<_>>()?;
        write.execute(rusqlite::params_from_iter(values))?;
    }
    Ok(has_rows)
}
