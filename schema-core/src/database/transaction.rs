//! Transactions and savepoints on one connection.

use std::{thread, time::Duration};

use super::deadline::Deadline;
use crate::{
    engine::sqlite::{Connection, Failure, Slot, Source, explain_deferred},
    error::{Error, Kind, Result},
};

/// Runs a statement that is the same every time and gives no rows.
fn run(connection: &Connection, slot: &'static Slot, sql: &'static str) -> Result<(), Failure> {
    connection.execute(&Source::Slot(slot, &|| sql.to_owned()))
}

/// `BEGIN IMMEDIATE`, the work, `COMMIT`. An error or a panic in the work undoes it.
pub(super) fn immediate<R>(
    connection: &Connection,
    deadline: Deadline,
    work: impl FnOnce(&Connection) -> Result<R>,
) -> Result<R> {
    static COMMIT: Slot = Slot::new();
    begin(connection, deadline)?;
    let unfinished = Unfinished { connection, undo: Undo::Transaction };
    let answer = work(connection)?;
    still_open(connection)?;
    if let Err(failure) = run(connection, &COMMIT, "COMMIT") {
        let error = explain_deferred(Error::from(failure), connection);
        drop(unfinished);
        return Err(error.context("the transaction could not be committed and was rolled back"));
    }
    std::mem::forget(unfinished);
    Ok(answer)
}

/// The one step of a transaction that is tried again: nothing has happened yet.
fn begin(connection: &Connection, deadline: Deadline) -> Result<()> {
    static BEGIN: Slot = Slot::new();
    loop {
        let Err(failure) = run(connection, &BEGIN, "BEGIN IMMEDIATE") else { return Ok(()) };
        let error = Error::from(failure);
        // SQLite has waited for `busy_timeout` already, but for the few kinds of busy that it
        // reports at once.
        if !error.is_busy() || deadline.has_passed() {
            return Err(error);
        }
        thread::sleep(Duration::from_millis(5).min(deadline.left()));
    }
}

/// Reads that see the state at the beginning of the call.
///
/// `guarded`: the connection could write, and must not.
pub(super) fn snapshot<R>(
    connection: &Connection,
    guarded: bool,
    work: impl FnOnce(&Connection) -> Result<R>,
) -> Result<R> {
    static BEGIN: Slot = Slot::new();
    static LOOK: Slot = Slot::new();
    let _guard = guarded.then(|| NoWrites::new(connection)).transpose()?;
    run(connection, &BEGIN, "BEGIN")?;
    let _unfinished = Unfinished { connection, undo: Undo::Transaction };
    // A deferred transaction takes its snapshot at its first read.
    run(connection, &LOOK, "SELECT 1 FROM sqlite_schema LIMIT 1")?;
    work(connection)
}

/// The work inside a savepoint: an error or a panic undoes it alone.
pub(super) fn savepoint<R>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<R>,
) -> Result<R> {
    static SAVEPOINT: Slot = Slot::new();
    still_open(connection)?;
    // Savepoints nest like the closures do, and a name means its innermost one.
    run(connection, &SAVEPOINT, "SAVEPOINT nested")?;
    let unfinished = Unfinished { connection, undo: Undo::Savepoint { touched: connection.touched() } };
    let answer = work(connection)?;
    still_open(connection)?;
    release(connection)?;
    std::mem::forget(unfinished);
    Ok(answer)
}

fn release(connection: &Connection) -> Result<(), Failure> {
    static RELEASE: Slot = Slot::new();
    run(connection, &RELEASE, "RELEASE nested")
}

/// Refuses to go on where the transaction has ended by other means: the next statement would be
/// kept on its own.
#[inline]
pub(super) fn still_open(connection: &Connection) -> Result<()> {
    if connection.is_in_transaction() { Ok(()) } else { Err(ended()) }
}

#[cold]
fn ended() -> Error {
    Error::new(
        Kind::Engine,
        "the transaction has ended before its closure did: SQLite rolled it back after an earlier error \
         (a full disk, RAISE(ROLLBACK), a write that took too long or was cancelled), or a COMMIT or ROLLBACK was run inside it",
    )
}

enum Undo {
    Transaction,
    /// What the transaction had touched before.
    Savepoint {
        touched: usize,
    },
}

/// A transaction or savepoint that is undone unless it is forgotten.
struct Unfinished<'c> {
    connection: &'c Connection,
    undo: Undo,
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        static ROLLBACK_TO: Slot = Slot::new();
        if !self.connection.is_in_transaction() {
            return;
        }
        match self.undo {
            Undo::Transaction => self.connection.roll_back(),
            Undo::Savepoint { touched } => {
                let undone = run(self.connection, &ROLLBACK_TO, "ROLLBACK TO nested")
                    .and_then(|()| release(self.connection));
                self.connection.undone_to(touched);
                if undone.is_err() {
                    // Never keep half: the transaction around it ends too, and says so.
                    self.connection.roll_back();
                }
            }
        }
    }
}

/// Forbids writes on a connection that could write.
struct NoWrites<'c>(&'c Connection);

impl<'c> NoWrites<'c> {
    fn new(connection: &'c Connection) -> Result<Self> {
        connection.query_only(true)?;
        Ok(Self(connection))
    }
}

impl Drop for NoWrites<'_> {
    fn drop(&mut self) {
        // Setting the flag off cannot fail on an open connection.
        let _ = self.0.query_only(false);
    }
}
