//! What ANALYZE has found out, kept while tables are exchanged: dropping a table takes its
//! statistics with it, and no statement can name them in a file, since a database need not have any.

use schema_core::rusqlite::types::Value;
use schema_core::rusqlite::{Connection, params};

use crate::Result;

/// The rows of `sqlite_stat1`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics(Vec<(String, Option<String>, Value)>);

impl Statistics {
    /// Reads them; there are none where ANALYZE never ran.
    pub fn read(connection: &Connection) -> Result<Self> {
        if !exist(connection)? {
            return Ok(Self::default());
        }
        let mut statement = connection.prepare("SELECT tbl, idx, stat FROM main.sqlite_stat1")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok(Self(rows.collect::<Result<_, _>>()?))
    }

    /// Writes back those that are gone while their table and index are there.
    pub fn restore(&self, connection: &Connection) -> Result<()> {
        if self.0.is_empty() || !exist(connection)? {
            return Ok(());
        }
        let mut statement = connection.prepare(
            "INSERT INTO main.sqlite_stat1 (tbl, idx, stat) SELECT ?1, ?2, ?3 \
             WHERE EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1) \
             AND (?2 IS NULL OR EXISTS (SELECT 1 FROM main.sqlite_schema WHERE tbl_name = ?1 AND name = ?2)) \
             AND NOT EXISTS (SELECT 1 FROM main.sqlite_stat1 WHERE tbl = ?1 AND idx IS ?2)",
        )?;
        for (table, index, statistic) in &self.0 {
            statement.execute(params![table, index, statistic])?;
        }
        Ok(())
    }
}

fn exist(connection: &Connection) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = 'sqlite_stat1')";
    Ok(connection.query_row(sql, [], |row| row.get(0))?)
}
