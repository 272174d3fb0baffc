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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_outlive_the_exchange_of_a_table() {
        let database = crate::inspect::scratch().unwrap();
        database
            .execute_batch(
                "CREATE TABLE t(a TEXT); CREATE INDEX kept ON t(a); CREATE INDEX gone ON t(a, 1 + 1);
                 CREATE TABLE u(a); CREATE INDEX u_a ON u(a);
                 INSERT INTO t VALUES ('x'), ('y'); INSERT INTO u VALUES (1); ANALYZE;",
            )
            .unwrap();
        let before = Statistics::read(&database).unwrap();
        assert_eq!(before.0.len(), 3);
        database
            .execute_batch(
                "CREATE TABLE n(a TEXT); INSERT INTO n SELECT * FROM t; DROP TABLE t;
                 ALTER TABLE n RENAME TO t; CREATE INDEX kept ON t(a);",
            )
            .unwrap();
        assert_eq!(Statistics::read(&database).unwrap().0.len(), 1);
        before.restore(&database).unwrap();
        before.restore(&database).unwrap();
        let after = Statistics::read(&database).unwrap();
        assert_eq!(after.0.len(), 2);
        assert!(after.0.iter().all(|row| before.0.contains(row)));
    }

    #[test]
    fn a_database_without_statistics_has_none_to_keep() {
        let database = crate::inspect::scratch().unwrap();
        let none = Statistics::read(&database).unwrap();
        none.restore(&database).unwrap();
        assert_eq!(none, Statistics::default());
    }
}
