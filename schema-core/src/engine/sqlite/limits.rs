//! When a call on a connection has to end before it is done.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use rusqlite::ffi;

use super::{CancelHandle, Connection};
use crate::error::{Error, Kind, Result};

/// When one call has to end.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    timeout: Option<Duration>,
    /// None also where it lies beyond what the clock can count.
    deadline: Option<Instant>,
    cancel: Option<CancelHandle>,
}

/// The limits of what runs on a connection now, which SQLite asks for as it runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Stop(Arc<Mutex<Option<Limits>>>);

/// After this many of SQLite's instructions it asks again: some ten microseconds.
pub(super) const INSTRUCTIONS: i32 = 1000;

impl Limits {
    /// The limits of a call that begins now.
    pub(crate) fn new(timeout: Option<Duration>, cancel: Option<CancelHandle>) -> Self {
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        Self { timeout, deadline, cancel }
    }

    pub(crate) fn cancel(&self) -> Option<&CancelHandle> {
        self.cancel.as_ref()
    }

    /// How long the call may wait for others, who usually may be waited for that long.
    pub(crate) fn wait(&self, usually: Duration) -> Duration {
        self.timeout.map_or(usually, |timeout| timeout.min(usually))
    }

    /// Refuses to go on where somebody has cancelled.
    pub(crate) fn check(&self) -> Result<()> {
        if self.is_cancelled() { Err(refused()) } else { Ok(()) }
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.as_ref().is_some_and(CancelHandle::is_cancelled)
    }

    fn has_passed(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Begins a call, which may be inside of another on the same connection.
    pub(crate) fn begin<'c>(&self, connection: &'c Connection) -> Result<Running<'c>> {
        let outer = connection.stop().map(|stop| (stop, stop.limits().replace(self.clone())));
        let entered = self
            .cancel
            .as_ref()
            .map(|cancel| (cancel.clone(), cancel.enter(connection.raw().get_interrupt_handle())));
        let running = Running { outer, entered, limits: self.clone() };
        // Whoever cancels from here on finds the connection.
        self.check()?;
        Ok(running)
    }
}

impl Stop {
    fn limits(&self) -> MutexGuard<'_, Option<Limits>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether what runs has to end.
    pub(super) fn now(&self) -> bool {
        self.limits().as_ref().is_some_and(|limits| limits.is_cancelled() || limits.has_passed())
    }
}

/// A call that runs within limits.
#[derive(Debug)]
pub(crate) struct Running<'c> {
    /// Where the limits stand, and those of the call around this one.
    outer: Option<(&'c Stop, Option<Limits>)>,
    entered: Option<(CancelHandle, u64)>,
    limits: Limits,
}

impl Running<'_> {
    /// Says of an answer whether it was a limit that ended the call.
    #[inline]
    pub(crate) fn finish<R>(self, answer: Result<R>) -> Result<R> {
        answer.map_err(|error| self.explain(error))
    }

    #[cold]
    fn explain(&self, error: Error) -> Error {
        let code = error.sqlite_code().unwrap_or(ffi::SQLITE_OK);
        if code & 0xff != ffi::SQLITE_INTERRUPT || self.limits.is_cancelled() {
            return error;
        }
        match self.limits.timeout {
            Some(timeout) if self.limits.has_passed() => Error::new(
                Kind::TimedOut,
                format!(
                    "the query took longer than {timeout:?} and was ended; what it had done was undone: \
                     `.explain(&db)` says what it reads, `Db::with_timeout` gives it more time"
                ),
            )
            .with_sqlite_code(code),
            _ => error,
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some((cancel, number)) = &self.entered {
            cancel.leave(*number);
        }
        if let Some((stop, outer)) = self.outer.take() {
            *stop.limits() = outer;
        }
    }
}

/// What was cancelled before it began.
#[cold]
pub(crate) fn refused() -> Error {
    Error::new(Kind::Cancelled, "the query was cancelled before it began; nothing was changed by it")
}
