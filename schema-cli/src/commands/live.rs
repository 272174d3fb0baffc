use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    path::Path as FilePath,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use schema_core::{
    dialect::{quote_identifier, quote_text},
    rusqlite::{Connection, config::DbConfig, types::Value},
};
use schema_migrate::{
    diff::Path,
    files::Folder,
    history,
    plan::Expectation,
    run::{Asked, ask, open_read_only},
};

use crate::settings::Settings;

/// How long one figure may take.
const ONE: Duration = Duration::from_secs(1);
/// How long all figures of a command may take together.
const ALL: Duration = Duration::from_secs(5);
/// A reader that has to wait longer than this does without figures.
const WAIT: Duration = Duration::from_millis(200);
/// Instructions of SQLite between two looks at the clock.
const INSTRUCTIONS: i32 = 2_000;

/// A database that is read for figures beside what a command says: nothing depends on them.
#[derive(Debug)]
pub(super) struct Live {
    connection: Connection,
    rows: RefCell<HashMap<String, Option<u64>>>,
    opened: Instant,
    /// When the running query has to end, in milliseconds since the database was opened.
    end: Arc<AtomicU64>,
    left: Cell<Duration>,
}

impl Live {
    /// The configured database. `None` where there is none, or where it is not what the migration
    /// files build: its figures would be about other tables.
    pub(super) fn open(settings: &Settings) -> Option<Self> {
        let live = Self::of(&settings.database.as_ref()?.path)?;
        let folder = Folder::scan(&settings.migrations).ok()?;
        let applied = history::read_beside(&live.connection, &folder).ok()?;
        let is_applied = |revision: &str| applied.iter().any(|row| row.revision == revision);
        let stands = folder.migrations().len() == applied.len()
            && folder.migrations().iter().all(|migration| is_applied(migration.revision.as_str()));
        // What was pushed stands elsewhere: columns that the files know may be gone.
        let is_pushed = schema_migrate::push::pushed(&live.connection).ok()? > 0;
        (stands && !applied.is_empty() && !is_pushed).then_some(live)
    }

    /// A database file, whatever it holds.
    pub(super) fn of(database: &FilePath) -> Option<Self> {
        let mut connection = database.exists().then(|| open_read_only(database, WAIT).ok())??;
        let (opened, end) = (Instant::now(), Arc::new(AtomicU64::new(u64::MAX)));
        let watched = Arc::clone(&end);
        let is_over = move || milliseconds(opened.elapsed()) >= watched.load(Ordering::Relaxed);
        connection.progress_handler(INSTRUCTIONS, Some(is_over)).ok()?;
        // A column that is not there is no text: SQLite would count that instead.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false).ok()?;
        Some(Self { connection, rows: RefCell::default(), opened, end, left: Cell::new(ALL) })
    }

    /// How many rows a table has. `None` where it is not there or counting takes too long.
    pub(super) fn rows(&self, table: &str) -> Option<u64> {
        let key = table.to_ascii_lowercase();
        if let Some(known) = self.rows.borrow().get(&key) {
            return *known;
        }
        let counted = self.number(&format!("SELECT count(*) FROM main.{}", quote_identifier(table)));
        self.rows.borrow_mut().insert(key, counted);
        counted
    }

    /// Rows of a table, values of a column that are not NULL, or rows that hold a text.
    pub(super) fn count(&self, path: &Path) -> Option<u64> {
        match path.0.as_slice() {
            [table] => self.rows(table),
            [table, column, value, ..] => self.number(&format!(
                "SELECT count(*) FROM main.{} WHERE {} = {}",
                quote_identifier(table),
                quote_identifier(column),
                quote_text(value)
            )),
            [table, column] => self.number(&format!(
                "SELECT count({}) FROM main.{}",
                quote_identifier(column),
                quote_identifier(table)
            )),
            [] => None,
        }
    }

    /// The one number that a query gives. `None` where it fails or takes too long.
    pub(super) fn number(&self, sql: &str) -> Option<u64> {
        let counted = self.bounded(|connection| connection.query_row(sql, [], |row| row.get(0)))?;
        match counted {
            Value::Integer(number) => u64::try_from(number).ok(),
            _ => None,
        }
    }

    /// What the rows answer to the expectations of a plan; those that take too long are left out.
    pub(super) fn ask(&self, expectations: &[Expectation]) -> Vec<Asked> {
        let ask = |expectation| self.bounded(|connection| ask(connection, expectation));
        expectations.iter().filter_map(ask).collect()
    }

    /// What a query gives, unless it fails or takes too long.
    pub(super) fn bounded<T, E>(&self, query: impl FnOnce(&Connection) -> Result<T, E>) -> Option<T> {
        let begun = self.opened.elapsed();
        self.end.store(milliseconds(begun + ONE.min(self.left.get())), Ordering::Relaxed);
        let found = query(&self.connection);
        self.end.store(u64::MAX, Ordering::Relaxed);
        let took = self.opened.elapsed().saturating_sub(begun);
        self.left.set(self.left.get().saturating_sub(took));
        found.ok()
    }
}

fn milliseconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_from_the_file_and_one_that_takes_too_long_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        assert!(Live::of(&path).is_none());
        Connection::open(&path)
            .unwrap()
            .execute_batch(
                "CREATE TABLE \"a b\"(x); INSERT INTO \"a b\" VALUES (1), (NULL), (3);
                 CREATE VIEW endless AS
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n;",
            )
            .unwrap();
        let live = Live::of(&path).unwrap();
        assert_eq!((live.rows("A B"), live.rows("nothing")), (Some(3), None));
        assert_eq!(live.count(&Path::new(["a b", "x"])), Some(2));
        assert_eq!(live.rows("endless"), None);
        assert_eq!(live.number("SELECT 7"), Some(7), "the next figure has its own time");
    }
}
