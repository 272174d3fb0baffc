use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use schema_core::rusqlite::{self, Connection, InterruptHandle};

use crate::{Error, ErrorKind, Result};

/// Asks a run to stop: from a signal handler's thread, from a service that shuts down.
///
/// A clone is the same request. The statement at hand is interrupted and its migration rolled back;
/// between statements, batches, pages of a backup and looks at a lock the request is seen, too. What
/// was committed before stays.
///
/// ```
/// use schema_migrate::run::{Interrupt, Target};
///
/// let interrupt = Interrupt::default();
/// let target = Target::new("app.db", "migrations").interrupt(&interrupt);
/// // In the handler of a signal, while `migrate(&target, ..)` runs:
/// interrupt.raise();
/// assert!(target.interrupt.is_raised());
/// ```
#[derive(Clone, Default)]
pub struct Interrupt(Arc<State>);

thread_local! {
    /// The request under which this thread works, for the scratch databases that are made deep inside.
    static HERE: RefCell<Option<Interrupt>> = const { RefCell::new(None) };
}

/// Instructions of SQLite's virtual machine on a scratch database between two looks at the request.
const INSTRUCTIONS: i32 = 10_000;

#[derive(Default)]
struct State {
    raised: AtomicBool,
    /// Connections whose statements are to be interrupted.
    connections: Mutex<Vec<(u64, InterruptHandle)>>,
    last: AtomicU64,
    woken: Condvar,
}

impl Interrupt {
    /// Asks whoever runs under this request to stop.
    pub fn raise(&self) {
        self.0.raised.store(true, Ordering::SeqCst);
        for (_, connection) in self.connections().iter() {
            connection.interrupt();
        }
        self.0.woken.notify_all();
    }

    /// Whether somebody has asked.
    pub fn is_raised(&self) -> bool {
        self.0.raised.load(Ordering::SeqCst)
    }

    /// # Errors
    /// Somebody has asked to stop.
    pub fn check(&self) -> Result<()> {
        if self.is_raised() { Err(interrupted()) } else { Ok(()) }
    }

    /// Sleeps so long, or until somebody asks to stop.
    ///
    /// # Errors
    /// Somebody has asked to stop.
    pub fn sleep(&self, time: Duration) -> Result<()> {
        let until = Instant::now().checked_add(time);
        let mut held = self.connections();
        while !self.is_raised() {
            let left = until.map_or(Duration::MAX, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                break;
            }
            held = self
                .0
                .woken
                .wait_timeout(held, left.min(Duration::from_millis(200)))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        drop(held);
        self.check()
    }

    /// The error of a run: what a person is told who has asked to stop, whatever was in the middle of it.
    pub(crate) fn told(&self, error: Error) -> Error {
        if !self.is_raised() || error.kind() == ErrorKind::Interrupted {
            return error;
        }
        match error.data_state() {
            Some(state) => interrupted().state(state),
            None => interrupted(),
        }
    }

    /// Lets whoever asks stop what runs on the scratch databases that the work makes.
    pub(crate) fn over<T>(&self, work: impl FnOnce() -> T) -> T {
        let _here = Here(HERE.replace(Some(self.clone())));
        work()
    }

    /// Lets whoever asks the work of this thread to stop end the statements of a scratch database: the one
    /// that runs, and those that would follow.
    pub(crate) fn stop_scratch(connection: &mut Connection) -> rusqlite::Result<()> {
        match HERE.with_borrow(Clone::clone) {
            Some(here) => connection.progress_handler(INSTRUCTIONS, Some(move || here.is_raised())),
            None => Ok(()),
        }
    }

    /// Interrupts the statements of this connection when somebody asks, until the answer is dropped.
    pub(crate) fn watch(&self, connection: &Connection) -> Watched {
        let number = self.0.last.fetch_add(1, Ordering::Relaxed);
        self.connections().push((number, connection.get_interrupt_handle()));
        Watched { interrupt: self.clone(), number }
    }

    fn connections(&self) -> MutexGuard<'_, Vec<(u64, InterruptHandle)>> {
        self.0.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts back the request under which the thread worked before.
struct Here(Option<Interrupt>);

impl Drop for Here {
    fn drop(&mut self) {
        HERE.replace(self.0.take());
    }
}

/// What a person is told who asked to stop.
pub(crate) fn interrupted() -> Error {
    Error::new(ErrorKind::Interrupted, "interrupted")
        .why("somebody asked to stop")
        .state("nothing was changed")
        .next("db-status says where the database stands; run the command again to go on")
}

impl PartialEq for Interrupt {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Interrupt {}

impl fmt::Debug for Interrupt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Interrupt").field("raised", &self.is_raised()).finish_non_exhaustive()
    }
}

/// A connection whose statements are interrupted; no longer once this is dropped.
#[derive(Debug)]
pub(crate) struct Watched {
    interrupt: Interrupt,
    number: u64,
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.interrupt.connections().retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sleeps_is_woken_and_who_comes_later_does_not_begin() {
        let interrupt = Interrupt::default();
        interrupt.check().unwrap();
        interrupt.sleep(Duration::from_millis(1)).unwrap();
        let other = interrupt.clone();
        let sleeper = std::thread::spawn(move || other.sleep(Duration::MAX));
        interrupt.raise();
        assert_eq!(sleeper.join().unwrap().unwrap_err().kind(), ErrorKind::Interrupted);
        assert_eq!(interrupt.sleep(Duration::MAX).unwrap_err().kind().exit_code(), 130);
    }

    #[test]
    fn a_statement_that_runs_is_interrupted() {
        let interrupt = Interrupt::default();
        let connection = Connection::open_in_memory().unwrap();
        let watched = interrupt.watch(&connection);
        let other = interrupt.clone();
        let (begun, has_begun) = std::sync::mpsc::channel();
        connection
            .create_scalar_function(
                "begun",
                0,
                schema_core::rusqlite::functions::FunctionFlags::default(),
                move |_| Ok(begun.send(()).is_ok()),
            )
            .unwrap();
        let raiser = std::thread::spawn(move || {
            has_begun.recv().unwrap();
            other.raise();
        });
        let endless =
            "WITH RECURSIVE n(i) AS (SELECT begun() UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        connection.query_row(endless, [], |_| Ok(())).unwrap_err();
        raiser.join().unwrap();
        drop(watched);
        assert!(interrupt.connections().is_empty());
    }
}
