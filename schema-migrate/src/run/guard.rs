use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use schema_core::rusqlite::{Connection, Result};

/// Sees to it that a transaction ends only where its owner ends it. While somebody else's work runs in it,
/// a COMMIT is made a ROLLBACK, and a transaction that ended is noticed although another was begun.
#[derive(Clone, Debug, Default)]
pub struct TransactionGuard(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    is_on: AtomicBool,
    refused: AtomicBool,
    ended: AtomicBool,
}

impl TransactionGuard {
    /// On a connection, whose commit and rollback hooks it takes.
    ///
    /// # Errors
    /// SQLite does not take the hooks.
    pub fn of(connection: &mut Connection) -> Result<Self> {
        let guard = Self::default();
        let (on_commit, on_rollback) = (Arc::clone(&guard.0), Arc::clone(&guard.0));
        connection.commit_hook(Some(move || {
            let is_on = on_commit.is_on.load(Ordering::Relaxed);
            on_commit.refused.fetch_or(is_on, Ordering::Relaxed);
            is_on
        }))?;
        connection.rollback_hook(Some(move || on_rollback.ended.store(true, Ordering::Relaxed)))?;
        Ok(guard)
    }

    /// Does work that must not end the transaction that is open.
    pub fn watch<T>(&self, work: impl FnOnce() -> T) -> T {
        self.0.refused.store(false, Ordering::Relaxed);
        self.0.ended.store(false, Ordering::Relaxed);
        self.0.is_on.store(true, Ordering::Relaxed);
        let done = work();
        self.0.is_on.store(false, Ordering::Relaxed);
        done
    }

    /// Whether a COMMIT was made a ROLLBACK: of a statement on its own, too, after the transaction was gone.
    pub fn has_refused(&self) -> bool {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// Whether the transaction was rolled back, whatever was begun since.
    pub fn has_ended(&self) -> bool {
        self.0.ended.load(Ordering::Relaxed)
    }
}

/// Gives the hooks back.
pub(crate) fn release(connection: &mut Connection) -> Result<()> {
    connection.commit_hook(None::<fn() -> bool>)?;
    connection.rollback_hook(None::<fn()>)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{FileStatement, Script};
    use crate::run::{Clock, Interrupt, Silent, Work, apply};

    fn statements(texts: &[&str]) -> Script {
        let statements =
            (1..).zip(texts).map(|(line, sql)| FileStatement { sql: (*sql).to_owned(), line }).collect();
        Script { statements, ..Script::default() }
    }

    /// Files are refused before, where they say so: here nobody has read them.
    #[test]
    fn statements_that_end_their_transaction_and_begin_another_leave_nothing() {
        let first = "UPDATE t SET a = 'new' WHERE a = 'one'";
        let last = "UPDATE t SET a = 'new' WHERE a = 'two'";
        for (ends, at) in [
            (&["ROLLBACK", "BEGIN IMMEDIATE"][..], "statement 2 of 4"),
            (&["COMMIT"][..], "statement 2 of 3"),
            (&["ROLLBACK"][..], "statement 2 of 3"),
            (&[][..], ""),
        ] {
            let mut connection = Connection::open_in_memory().unwrap();
            connection.execute_batch("CREATE TABLE t(a); INSERT INTO t VALUES ('one'), ('two')").unwrap();
            let clock = Clock::guarding(&mut connection, &Interrupt::default()).unwrap();
            let script = statements(&[&[first], ends, &[last]].concat());
            let work = Work {
                revision: "20260101000000_ends",
                file: None,
                script: &script,
                is_baseline: false,
                clock: &clock,
                recorded: None,
                asked: None,
                number: 1,
                total: 1,
                step: None,
                offset: 0,
                mark: &|_, _, _| Ok(()),
                is_due: &|_| Ok(true),
                finish: &|_, _, _| Ok(()),
            };
            let done = apply(&connection, &work, &mut Silent);
            let left: String =
                connection.query_row("SELECT group_concat(a) FROM t", [], |row| row.get(0)).unwrap();
            if ends.is_empty() {
                assert!(done.is_ok() && left == "new,new", "{done:?}");
                continue;
            }
            assert!(done.unwrap_err().to_string().contains(at), "{ends:?}");
            assert_eq!(left, "one,two", "{ends:?}");
        }
    }
}
