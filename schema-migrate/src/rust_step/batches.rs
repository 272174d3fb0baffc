use std::fmt::Write as _;

use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::types::Value;
use schema_core::rusqlite::{Connection, Result as SqliteResult, Row, params_from_iter};

use super::MigrationTx;
use super::transaction::refused;
use crate::run::rowid_name;
use crate::{Error, Result};

/// Rows of a batch, where nobody says how many.
const SIZE: usize = 1000;

/// A walk over a table by its key, made by [`MigrationTx::batches`].
///
/// The key is the rowid, or the primary key of a table without rowids. Walked are the rows up to the
/// last key that is there when the walk begins, each batch read before it is worked on: rows that the
/// work inserts behind the last are not visited, and rows of earlier batches may be changed or deleted
/// at will. A row whose walked key becomes a greater one on the way is met again there.
#[derive(Clone, Debug)]
pub struct Batches<'t, 'a> {
    tx: &'t MigrationTx<'a>,
    table: &'t str,
    columns: Vec<String>,
    filter: Option<&'t str>,
    size: usize,
}

impl<'t, 'a> Batches<'t, 'a> {
    pub(super) fn new(tx: &'t MigrationTx<'a>, table: &'t str) -> Self {
        Self { tx, table, columns: Vec::new(), filter: None, size: SIZE }
    }

    /// The columns that are read, in the order in which a row gives them; the key where none are named.
    #[must_use]
    pub fn columns<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Only rows for which this SQL condition holds when their batch is read.
    #[must_use]
    pub fn filter(mut self, condition: &'t str) -> Self {
        self.filter = Some(condition);
        self
    }

    /// How many rows a batch has at most: 1000, where nobody says otherwise.
    #[must_use]
    pub fn size(mut self, rows: usize) -> Self {
        self.size = rows.max(1);
        self
    }

    /// Reads each row and hands the batches to `work`, which changes what it likes. Gives the number of
    /// rows that were handed over.
    ///
    /// # Errors
    /// SQLite refuses to read, what `read` or `work` answered, or somebody has asked to stop.
    pub fn each<T>(
        self,
        mut read: impl FnMut(&Row<'_>) -> SqliteResult<T>,
        mut work: impl FnMut(Vec<T>) -> Result<()>,
    ) -> Result<u64> {
        let connection = self.tx.connection();
        let key = key(connection, self.table)?;
        let walk = Walk::new(&self, &key);
        let total = walk.total(connection)?;
        let Some(last) = walk.last(connection)? else { return Ok(0) };
        let mut reached: Option<Vec<Value>> = None;
        let mut done = 0_u64;
        self.tx.progress(self.table, 0, total)?;
        loop {
            let sql = walk.batch(reached.is_some());
            let values: Vec<Value> = last.iter().cloned().chain(reached.iter().flatten().cloned()).collect();
            let refuse = |error| refused(&sql, error);
            let mut statement = connection.prepare(&sql).map_err(refuse)?;
            let columns = statement.column_count() - key.len();
            let mut rows = statement.query(params_from_iter(values)).map_err(refuse)?;
            let mut batch = Vec::new();
            while let Some(row) = rows.next().map_err(refuse)? {
                let at: SqliteResult<Vec<Value>> =
                    (columns..columns + key.len()).map(|position| row.get(position)).collect();
                reached = Some(at.map_err(refuse)?);
                batch.push(read(row).map_err(refuse)?);
            }
            drop(rows);
            if batch.is_empty() {
                break;
            }
            done += batch.len() as u64;
            work(batch)?;
            self.tx.progress(self.table, done, total.max(done))?;
        }
        Ok(done)
    }
}

/// The SQL of a walk.
struct Walk {
    columns: String,
    table: String,
    /// The key's columns: `"a", "b"`.
    key: String,
    /// As many places for values: `?1, ?2`, and those behind them.
    last: String,
    reached: String,
    descending: String,
    filter: String,
    size: usize,
}

impl Walk {
    fn new(batches: &Batches<'_, '_>, key: &[String]) -> Self {
        let quoted = |names: &[String]| -> String {
            names.iter().map(|name| quote_identifier(name)).collect::<Vec<_>>().join(", ")
        };
        let places = |from: usize| -> String {
            (from..from + key.len()).map(|place| format!("?{place}")).collect::<Vec<_>>().join(", ")
        };
        let columns = if batches.columns.is_empty() { quoted(key) } else { quoted(&batches.columns) };
        let descending: Vec<String> =
            key.iter().map(|name| format!("{} DESC", quote_identifier(name))).collect();
        Self {
            columns,
            table: quote_identifier(batches.table),
            key: quoted(key),
            last: places(1),
            reached: places(1 + key.len()),
            descending: descending.join(", "),
            filter: batches.filter.map(|filter| format!(" AND ({filter})")).unwrap_or_default(),
            size: batches.size,
        }
    }

    fn total(&self, connection: &Connection) -> Result<u64> {
        let sql = format!("SELECT count(*) FROM main.{} WHERE true{}", self.table, self.filter);
        let count: i64 =
            connection.query_row(&sql, [], |row| row.get(0)).map_err(|error| refused(&sql, error))?;
        Ok(count.unsigned_abs())
    }

    /// The last key that is there.
    fn last(&self, connection: &Connection) -> Result<Option<Vec<Value>>> {
        let sql =
            format!("SELECT {} FROM main.{} ORDER BY {} LIMIT 1", self.key, self.table, self.descending);
        let refuse = |error| refused(&sql, error);
        let mut statement = connection.prepare(&sql).map_err(refuse)?;
        let count = statement.column_count();
        let mut rows = statement.query([]).map_err(refuse)?;
        let Some(row) = rows.next().map_err(refuse)? else { return Ok(None) };
        let values: SqliteResult<Vec<Value>> = (0..count).map(|position| row.get(position)).collect();
        values.map(Some).map_err(refuse)
    }

    fn batch(&self, has_begun: bool) -> String {
        let mut sql = format!(
            "SELECT {}, {} FROM main.{} WHERE ({}) <= ({})",
            self.columns, self.key, self.table, self.key, self.last
        );
        if has_begun {
            // Writing to a String cannot fail.
            let _ = write!(sql, " AND ({}) > ({})", self.key, self.reached);
        }
        let _ = write!(sql, "{} ORDER BY {} LIMIT {}", self.filter, self.key, self.size);
        sql
    }
}

/// What a table is walked by: its rowid, or the primary key where it has none.
fn key(connection: &Connection, table: &str) -> Result<Vec<String>> {
    let refuse = |error| Error::sqlite(format!("read the key of {table}"), error);
    let kind: Vec<(String, bool)> = connection
        .prepare("SELECT type, wr FROM pragma_table_list(?1) WHERE schema = 'main'")
        .and_then(|mut statement| {
            statement.query_map([table], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        })
        .map_err(refuse)?;
    let without_rowid = match kind.first().map(|(kind, wr)| (kind.as_str(), *wr)) {
        Some(("table" | "virtual", wr)) => wr,
        Some(_) => {
            return Err(Error::failed(format!("`{table}` cannot be walked in batches"))
                .why("it is no table, so it has no key")
                .next("walk the tables under it, or read it with `query`"));
        }
        None => {
            return Err(Error::failed(format!("there is no table `{table}`"))
                .why("a Rust step sees the tables as the statements of its file have left them")
                .next("correct the name of the table"));
        }
    };
    if !without_rowid {
        return match rowid_name(connection, table).map_err(refuse)? {
            Some(name) => Ok(vec![name.to_owned()]),
            None => Err(Error::failed(format!("`{table}` cannot be walked in batches"))
                .why("columns named rowid, _rowid_ and oid hide its rowid")
                .next("read it with `for_each`")),
        };
    }
    connection
        .prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk")
        .and_then(|mut statement| statement.query_map([table], |row| row.get(0))?.collect())
        .map_err(refuse)
}
