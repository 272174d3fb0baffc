use std::{
    cell::RefCell,
    collections::BTreeSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use rusqlite::config::DbConfig;

use super::{
    Bound, Failure, Statement, Tracing,
    cache::{self, Cache},
    limits::{INSTRUCTIONS, Stop},
    raw,
    tracing::Run,
    watch::{Before, Watch},
};
use crate::error::Error;

/// The place of one statement in every connection, found without hashing its text.
///
/// A `static` for each statement that is written once in the program; the derives emit them.
#[derive(Debug)]
pub struct Slot(AtomicUsize);

impl Slot {
    /// A slot that gets its number at first use.
    pub const fn new() -> Self {
        Self(AtomicUsize::new(0))
    }

    fn number(&self) -> usize {
        static LAST: AtomicUsize = AtomicUsize::new(0);
        match self.0.load(Ordering::Relaxed) {
            0 => {
                let fresh = LAST.fetch_add(1, Ordering::Relaxed) + 1;
                match self.0.compare_exchange(0, fresh, Ordering::Relaxed, Ordering::Relaxed) {
                    Ok(_) => fresh,
                    Err(taken) => taken,
                }
            }
            number => number,
        }
    }
}

impl Default for Slot {
    fn default() -> Self {
        Self::new()
    }
}

/// Where a statement's text comes from.
pub(crate) enum Source<'a> {
    /// The same text at every use: written when the slot is empty.
    Slot(&'static Slot, &'a dyn Fn() -> String),
    /// A text that depends on a set of columns alone: written when there is none for that set.
    Columns(&'static Slot, u64, &'a dyn Fn() -> String),
    /// A text made at run time.
    Text(&'a str),
}

/// Texts made at run time that are kept prepared, a connection; as many for sets of columns.
const KEPT_TEXTS: usize = 128;

/// A connection with its prepared statements.
#[derive(Debug)]
pub(crate) struct Connection {
    // Dropped before `sqlite`: a statement must not outlive it.
    slots: RefCell<Vec<Option<Statement>>>,
    columns: RefCell<Cache<(usize, u64)>>,
    texts: RefCell<Cache<Box<str>>>,
    /// The tables that streams of rows are reading.
    reading: RefCell<Vec<Vec<&'static str>>>,
    tracing: Tracing,
    /// There while a handle with limits uses the connection.
    stop: Option<Stop>,
    /// There while somebody wants to hear of changes.
    watch: Option<Box<Watch>>,
    sqlite: rusqlite::Connection,
}

/// A stream of rows that is being read.
pub(crate) struct Reading<'c>(&'c Connection);

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.0.reading.borrow_mut().pop();
    }
}

/// What is told in place of the text of statements that the application runs by itself.
const OWN: &str = "-- sqlite_raw";

/// How things stood when a statement began of which somebody wants to hear.
struct Begun {
    run: Option<Run>,
    before: Option<Before>,
}

impl Connection {
    pub(crate) fn new(sqlite: rusqlite::Connection) -> Self {
        Self {
            slots: RefCell::default(),
            columns: RefCell::new(Cache::new(KEPT_TEXTS)),
            texts: RefCell::new(Cache::new(KEPT_TEXTS)),
            reading: RefCell::default(),
            tracing: Tracing::default(),
            stop: None,
            watch: None,
            sqlite,
        }
    }

    /// The same connection, which tells of its statements in this way.
    pub(super) fn tracing(self, tracing: Tracing) -> Self {
        Self { tracing, ..self }
    }

    /// Makes SQLite ask for the limits of what runs.
    #[cold]
    pub(crate) fn limit(&mut self) -> Result<(), rusqlite::Error> {
        if self.stop.is_none() {
            let stop = Stop::default();
            let asked = stop.clone();
            self.sqlite.progress_handler(INSTRUCTIONS, Some(move || asked.now()))?;
            self.stop = Some(stop);
        }
        Ok(())
    }

    /// Whatever runs from now on has no limits.
    #[inline]
    pub(crate) fn unlimit(&mut self) {
        if self.stop.take().is_some() {
            // It cannot fail on an open connection; a handler without limits stops nothing.
            let _ = self.sqlite.progress_handler(0, None::<fn() -> bool>);
        }
    }

    pub(super) fn stop(&self) -> Option<&Stop> {
        self.stop.as_ref()
    }

    pub(crate) fn raw(&self) -> &rusqlite::Connection {
        &self.sqlite
    }

    /// Runs `work` on a prepared statement, which is kept for the next time.
    ///
    /// A statement in use is out of its place, so a nested use of the same text prepares another.
    #[inline]
    pub(crate) fn with<'v, R, E: From<Failure>>(
        &self,
        source: &Source<'_>,
        work: impl FnOnce(&mut Bound<'_, 'v>) -> Result<R, E>,
    ) -> Result<R, E> {
        match source {
            Source::Slot(slot, write) => {
                let number = slot.number();
                let kept = self.slots.borrow_mut().get_mut(number).and_then(Option::take);
                let mut statement = match kept {
                    Some(statement) => statement,
                    None => self.prepare(&write())?,
                };
                let answer = self.run(&mut statement, work);
                let mut slots = self.slots.borrow_mut();
                if slots.len() <= number {
                    slots.resize_with(number + 1, || None);
                }
                slots[number] = Some(statement);
                answer
            }
            Source::Columns(slot, columns, write) => {
                let key = (slot.number(), *columns);
                let hash = cache::mixed(cache::mixed(0, key.0 as u64), key.1).rotate_left(26);
                let kept = self.columns.borrow_mut().take(hash, |kept| *kept == key);
                let mut statement = match kept {
                    Some(statement) => statement,
                    None => self.prepare(&write())?,
                };
                let answer = self.run(&mut statement, work);
                self.columns.borrow_mut().put(hash, statement, |kept| *kept == key, || key);
                answer
            }
            Source::Text(text) => {
                let hash = cache::hash(text.as_bytes());
                let kept = self.texts.borrow_mut().take(hash, |kept| **kept == **text);
                let mut statement = match kept {
                    Some(statement) => statement,
                    None => self.prepare(text)?,
                };
                let answer = self.run(&mut statement, work);
                self.texts.borrow_mut().put(hash, statement, |kept| **kept == **text, || Box::from(*text));
                answer
            }
        }
    }

    /// Notes, for as long as the answer lives, that a stream of rows reads these tables.
    pub(crate) fn reading(&self, tables: Vec<&'static str>) -> Reading<'_> {
        self.reading.borrow_mut().push(tables);
        Reading(self)
    }

    /// Whether a stream of rows reads a table.
    #[inline]
    pub(crate) fn is_reading(&self, table: &str) -> bool {
        let reading = self.reading.borrow();
        !reading.is_empty() && reading.iter().flatten().any(|read| *read == table)
    }

    fn prepare(&self, sql: &str) -> Result<Statement, Failure> {
        let Some(watch) = &self.watch else { return Statement::prepare(&self.sqlite, sql) };
        watch.prepare();
        let statement = Statement::prepare(&self.sqlite, sql)?;
        watch.prepared(statement.address());
        Ok(statement)
    }

    /// Runs `work` on a statement, and tells of it where somebody listens.
    #[inline]
    fn run<'v, R, E>(
        &self,
        statement: &mut Statement,
        work: impl FnOnce(&mut Bound<'_, 'v>) -> Result<R, E>,
    ) -> Result<R, E> {
        let begun = self.begin(|| statement.sql());
        let mut bound = statement.bound();
        let answer = work(&mut bound);
        if let Some(begun) = begun {
            let rows = bound.rows();
            // Ends the statement, which may commit it.
            drop(bound);
            self.end(begun, statement, rows, answer.is_err());
        }
        answer
    }

    /// Notes how things stand, where anybody wants to hear of the statement.
    #[inline]
    fn begin<'s>(&self, sql: impl FnOnce() -> &'s str) -> Option<Begun> {
        let run = self.tracing.begin(&self.sqlite, sql);
        if run.is_none() && self.watch.is_none() {
            return None;
        }
        Some(Begun { run, before: self.watch.as_ref().map(|watch| watch.before(&self.sqlite)) })
    }

    #[cold]
    fn end(&self, begun: Begun, statement: &Statement, rows: u64, failed: bool) {
        if let Some(run) = begun.run {
            run.end(self.tracing, &self.sqlite, statement.sql(), rows, failed);
        }
        if let (Some(watch), Some(before)) = (&self.watch, begun.before) {
            watch.after(&self.sqlite, before, statement.address());
        }
    }

    /// Runs statements of the application's own.
    pub(crate) fn lend<R>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R>,
    ) -> rusqlite::Result<R> {
        let begun = self.begin(|| OWN);
        let answer = work(&self.sqlite);
        if let Some(begun) = begun {
            self.end_own(begun, answer.is_err());
        }
        answer
    }

    /// The same, for work that needs the connection alone.
    pub(crate) fn lend_mut<R>(&mut self, work: impl FnOnce(&mut rusqlite::Connection) -> R) -> R {
        self.forget_statements();
        let begun = self.begin(|| OWN);
        let answer = work(&mut self.sqlite);
        if let Some(begun) = begun {
            self.end_own(begun, false);
        }
        answer
    }

    #[cold]
    fn end_own(&self, begun: Begun, failed: bool) {
        if let Some(run) = begun.run {
            run.end(self.tracing, &self.sqlite, OWN, 0, failed);
        }
        if let (Some(watch), Some(before)) = (&self.watch, begun.before) {
            watch.after_own(&self.sqlite, before);
        }
    }

    /// Remembers what is changed from now on, or no longer does.
    #[cold]
    pub(crate) fn watch(&mut self, on: bool) -> Result<(), rusqlite::Error> {
        // Prepared again they are known.
        self.forget_statements();
        if on {
            self.watch = Some(Box::new(Watch::new(&mut self.sqlite)?));
        } else {
            self.watch = None;
            Watch::end(&mut self.sqlite)?;
        }
        Ok(())
    }

    #[inline]
    pub(crate) fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// The tables of the transactions that were committed since this was last asked, where there are any.
    pub(crate) fn committed(&self) -> Option<BTreeSet<String>> {
        self.watch.as_ref().and_then(|watch| watch.committed(&self.sqlite))
    }

    /// What the open transaction has touched so far.
    pub(crate) fn touched(&self) -> usize {
        self.watch.as_ref().map_or(0, |watch| watch.mark())
    }

    /// The open transaction has gone back to where it had touched no more than that.
    pub(crate) fn undone_to(&self, touched: usize) {
        if let Some(watch) = &self.watch {
            watch.undone_to(touched);
        }
    }

    /// Forgets every prepared statement.
    pub(crate) fn forget_statements(&self) {
        self.slots.borrow_mut().clear();
        self.columns.borrow_mut().clear();
        self.texts.borrow_mut().clear();
    }

    /// Number of rows that the last statement inserted, updated or deleted.
    pub(crate) fn changes(&self) -> u64 {
        raw::changes(&self.sqlite)
    }

    /// Runs a statement to its end, whatever rows it gives.
    pub(crate) fn execute(&self, source: &Source<'_>) -> Result<(), Failure> {
        self.with(source, |bound| {
            while bound.step()? {}
            Ok(())
        })
    }

    /// Whether a transaction is open.
    #[inline]
    pub(crate) fn is_in_transaction(&self) -> bool {
        !self.sqlite.is_autocommit()
    }

    /// Rolls back the open transaction. Where that fails, the transaction stays open, which
    /// [`is_in_transaction`](Self::is_in_transaction) tells.
    #[cold]
    pub(crate) fn roll_back(&self) {
        static ROLLBACK: Slot = Slot::new();
        let _ = self.execute(&Source::Slot(&ROLLBACK, &|| "ROLLBACK".to_owned()));
    }

    /// How long a statement waits for a lock.
    pub(crate) fn busy_timeout(&self, wait: Duration) -> Result<(), rusqlite::Error> {
        self.sqlite.busy_timeout(whole_milliseconds(wait))
    }

    /// Refuses writes, or admits them again.
    pub(crate) fn query_only(&self, on: bool) -> Result<(), rusqlite::Error> {
        self.sqlite.pragma_update(None, "query_only", on)
    }

    /// Turns foreign keys on again, where a statement of the application's own has turned them off.
    /// SQLite ignores that inside a transaction.
    pub(crate) fn enforce_foreign_keys(&self) {
        const SETTING: DbConfig = DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY;
        if self.sqlite.db_config(SETTING).is_ok_and(|on| !on) {
            // It was on since the connection was opened, so this build knows the setting.
            let _ = self.sqlite.set_db_config(SETTING, true);
        }
    }

    /// Closes the connection, and says if it could not be.
    pub(crate) fn close(self) -> Result<(), Error> {
        self.forget_statements();
        let Self { sqlite, .. } = self;
        sqlite.close().map_err(|(connection, error)| {
            let open = raw::open_statements(&connection);
            Error::from(error).context(format_args!(
                "the connection cannot be closed, a statement on it was never dropped (`{}`)",
                open.join("`, `")
            ))
        })
    }
}

/// SQLite counts a timeout in whole milliseconds, in 31 bits.
pub(super) fn whole_milliseconds(wait: Duration) -> Duration {
    const MOST: Duration = Duration::from_millis(i32::MAX as u64);
    // Rounded up: a timeout of zero would not wait at all.
    Duration::from_millis(u64::try_from(wait.min(MOST).as_nanos().div_ceil(1_000_000)).unwrap_or(0)).min(MOST)
}
