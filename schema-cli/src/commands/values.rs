use std::path::Path as FilePath;

use schema_core::{dialect::quote_identifier, rusqlite::Connection};
use schema_migrate::{diff::Path, run::open_read_only};

use super::side::WAIT;

/// Counts what a database holds, for questions; a database that cannot be read counts nothing.
#[derive(Debug)]
pub(super) struct Values(Option<Connection>);

impl Values {
    pub(super) fn of(database: Option<&FilePath>) -> Self {
        Self(database.filter(|path| path.exists()).and_then(|path| open_read_only(path, WAIT).ok()))
    }

    /// Rows of a table, or values of a column that are not NULL.
    pub(super) fn count(&self, path: &Path) -> Option<u64> {
        let connection = self.0.as_ref()?;
        let sql = match path.0.as_slice() {
            [table] => format!("SELECT count(*) FROM main.{}", quote_identifier(table)),
            [table, column, ..] => {
                format!("SELECT count({}) FROM main.{}", quote_identifier(column), quote_identifier(table))
            }
            [] => return None,
        };
        let count: i64 = connection.query_row(&sql, [], |row| row.get(0)).ok()?;
        u64::try_from(count).ok()
    }
}
