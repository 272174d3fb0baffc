//! Which tables the statements of a connection change.
//!
//! SQLite tells of each changed row, but for the rows of tables WITHOUT ROWID and for a DELETE of a whole table.
//! Where it has counted other rows than it told of, the tables that the statement may write are taken instead:
//! they are known since it was prepared.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use rusqlite::hooks::{Action, AuthAction, AuthContext, Authorization, TransactionOperation};

use super::raw;

/// Remembers what was changed on a connection.
#[derive(Debug, Default)]
pub(super) struct Watch {
    seen: Seen,
    /// The tables that prepared statements may write, by their addresses.
    writes: RefCell<HashMap<usize, Vec<String>>>,
}

/// What SQLite has told, shared with its hooks.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    /// Tables that the statements prepared since may write.
    noted: Vec<String>,
    /// How many changed rows were told of.
    rows: u64,
    /// Tables that the open transaction has changed, in the order in which it did.
    touched: Vec<String>,
    /// Tables of a transaction that is being committed.
    committing: Vec<String>,
    /// Tables of committed transactions, until they are asked for.
    committed: BTreeSet<String>,
}

/// How things stood when a statement began.
#[derive(Clone, Copy, Debug)]
pub(super) struct Before {
    changes: u64,
    rows: u64,
    touched: usize,
}

impl Seen {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Told {
    fn touch(&mut self, table: &str) {
        if !self.touched.iter().any(|known| known == table) {
            self.touched.push(table.to_owned());
        }
    }

    /// What was being committed is committed: otherwise it had been rolled back.
    fn settle(&mut self) {
        self.committed.extend(self.committing.drain(..));
    }
}

impl Watch {
    /// Begins to watch.
    pub(super) fn new(connection: &mut rusqlite::Connection) -> rusqlite::Result<Self> {
        let watch = Self::default();
        let seen = watch.seen.clone();
        connection.update_hook(Some(move |_: Action, database: &str, table: &str, _| {
            if database == "main" {
                let mut told = seen.told();
                told.settle();
                told.rows += 1;
                told.touch(table);
            }
        }))?;
        let seen = watch.seen.clone();
        connection.commit_hook(Some(move || {
            let mut told = seen.told();
            told.settle();
            told.committing = std::mem::take(&mut told.touched);
            false
        }))?;
        let seen = watch.seen.clone();
        connection.rollback_hook(Some(move || {
            let mut told = seen.told();
            told.committing.clear();
            told.touched.clear();
        }))?;
        let seen = watch.seen.clone();
        connection.authorizer(Some(move |context: AuthContext<'_>| {
            seen.note(&context);
            Authorization::Allow
        }))?;
        Ok(watch)
    }

    /// Ends to watch.
    pub(super) fn end(connection: &mut rusqlite::Connection) -> rusqlite::Result<()> {
        connection.update_hook(None::<fn(Action, &str, &str, i64)>)?;
        connection.commit_hook(None::<fn() -> bool>)?;
        connection.rollback_hook(None::<fn()>)?;
        connection.authorizer(None::<fn(AuthContext<'_>) -> Authorization>)
    }

    /// A statement will be prepared, whose tables are then those [`noted`](Told::noted).
    pub(super) fn prepare(&self) {
        self.seen.told().noted.clear();
    }

    /// A statement was prepared.
    pub(super) fn prepared(&self, statement: usize) {
        let tables = std::mem::take(&mut self.seen.told().noted);
        // The address may be that of a statement which is no more.
        self.writes.borrow_mut().insert(statement, tables);
    }

    /// A statement, or several of the application's own, will run.
    pub(super) fn before(&self, connection: &rusqlite::Connection) -> Before {
        let mut told = self.seen.told();
        told.noted.clear();
        Before { changes: raw::total_changes(connection), rows: told.rows, touched: told.touched.len() }
    }

    /// A statement has run.
    pub(super) fn after(&self, connection: &rusqlite::Connection, before: Before, statement: usize) {
        let mut writes = self.writes.borrow_mut();
        let writes = writes.entry(statement).or_default();
        let mut told = self.seen.told();
        // Prepared anew by SQLite, since the schema has changed.
        writes.append(&mut told.noted);
        if raw::total_changes(connection) == before.changes {
            // Whatever it did was undone with it.
            told.touched.truncate(before.touched);
        }
        told.compare(connection, before, writes);
    }

    /// Statements of the application's own have run, which were all prepared since.
    pub(super) fn after_own(&self, connection: &rusqlite::Connection, before: Before) {
        let mut told = self.seen.told();
        let writes = std::mem::take(&mut told.noted);
        told.compare(connection, before, &writes);
    }

    /// What the open transaction has touched so far, to be put back when it goes back to here.
    pub(super) fn mark(&self) -> usize {
        self.seen.told().touched.len()
    }

    /// What was touched since the mark was undone.
    pub(super) fn undone_to(&self, mark: usize) {
        self.seen.told().touched.truncate(mark);
    }

    /// The tables of the transactions that were committed since this was last asked, where there are any.
    pub(super) fn committed(&self, connection: &rusqlite::Connection) -> Option<BTreeSet<String>> {
        let mut committed = std::mem::take(&mut self.seen.told().committed);
        if committed.is_empty() {
            return None;
        }
        if may_have_shadows(&committed) {
            let shadows = shadows(connection).unwrap_or_default();
            committed.retain(|table| !shadows.contains(table));
        }
        Some(committed)
    }
}

impl Seen {
    /// SQLite asks what a statement that it prepares may do.
    fn note(&self, context: &AuthContext<'_>) {
        let mut told = self.told();
        let table = match context.action {
            AuthAction::Insert { table_name }
            | AuthAction::Update { table_name, .. }
            | AuthAction::Delete { table_name } => table_name,
            // A COMMIT that has failed may be followed by either.
            AuthAction::Transaction { operation: TransactionOperation::Begin } => return told.settle(),
            _ => return,
        };
        if context.database_name == Some("main")
            && !table.starts_with("sqlite_")
            && !told.noted.iter().any(|known| known == table)
        {
            told.noted.push(table.to_owned());
        }
    }
}

impl Told {
    fn compare(&mut self, connection: &rusqlite::Connection, before: Before, writes: &[String]) {
        let changes = raw::total_changes(connection).saturating_sub(before.changes);
        if changes > 0 && changes != self.rows - before.rows {
            writes.iter().for_each(|table| self.touch(table));
        }
        if connection.is_autocommit() {
            // A rollback would have forgotten it.
            self.settle();
            self.committed.extend(self.touched.drain(..));
        }
    }
}

/// Whether one of the names could be that of a table in which a virtual table of another keeps its rows.
fn may_have_shadows(tables: &BTreeSet<String>) -> bool {
    tables.iter().any(|table| table.rsplit_once('_').is_some_and(|(owner, _)| tables.contains(owner)))
}

fn shadows(connection: &rusqlite::Connection) -> rusqlite::Result<BTreeSet<String>> {
    connection
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'shadow'")?
        .query_map([], |row| row.get(0))?
        .collect()
}
