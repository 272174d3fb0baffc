use std::error::Error as StdError;
use std::time::Duration;

use schema_core::rusqlite::{self, Connection, ffi};

use super::interrupt::Interrupt;
use super::observer::{Event, Observer};
use crate::{Error, Result};

/// How often a revision whose transaction met an obstacle that passes is tried again, and after which
/// pauses.
///
/// ```
/// # use schema_migrate::run::Retry;
/// # use std::time::Duration;
/// let pauses: Vec<u64> = Retry::default().pauses().map(|pause| pause.as_secs()).collect();
/// assert_eq!(pauses, [5, 10, 20]);
/// assert_eq!(Retry::NEVER.pauses().count(), 0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// How often it is tried again after the first time.
    pub attempts: u32,
    /// The pause before the first of these attempts.
    pub first: Duration,
    /// Each further pause is so many times the one before.
    pub factor: u32,
}

/// Beyond a day nothing is waited for.
const DAY: Duration = Duration::from_secs(86_400);

impl Retry {
    /// The first failure is the last.
    pub const NEVER: Self = Self { attempts: 0, first: Duration::ZERO, factor: 1 };

    /// The pauses in their order, a day each at most.
    pub fn pauses(self) -> impl Iterator<Item = Duration> {
        let pauses = std::iter::successors(Some(self.first.min(DAY)), move |pause| {
            Some(pause.saturating_mul(self.factor).min(DAY))
        });
        pauses.take(self.attempts as usize)
    }

    /// All pauses together, a day at most.
    pub fn whole(self) -> Duration {
        // More than a thousand pauses are a day, or too short to count.
        self.pauses().take(1_000).fold(Duration::ZERO, |whole, pause| whole.saturating_add(pause).min(DAY))
    }
}

/// Three more times, after 5, 10 and 20 seconds.
impl Default for Retry {
    fn default() -> Self {
        Self { attempts: 3, first: Duration::from_secs(5), factor: 2 }
    }
}

/// Does the work, which is one transaction, and again where it was rolled back for a reason that passes.
pub(super) fn retried<T>(
    retry: Retry,
    connection: &Connection,
    interrupt: &Interrupt,
    observer: &mut dyn Observer,
    mut work: impl FnMut(&mut dyn Observer) -> Result<T>,
) -> Result<T> {
    for (number, pause) in (1..).zip(retry.pauses()) {
        let error = match work(observer) {
            // A transaction that is still open was not rolled back: nothing can be begun again.
            Err(error) if passes(&error) && connection.is_autocommit() => error,
            done => return done,
        };
        observer.event(&Event::Retry { error: &error, attempt: number, attempts: retry.attempts, pause });
        interrupt.sleep(pause)?;
    }
    work(observer)
}

/// Whether the same work may succeed a moment later, as nothing about it was wrong.
fn passes(error: &Error) -> bool {
    let cause = StdError::source(error).and_then(|source| source.downcast_ref::<rusqlite::Error>());
    let Some(rusqlite::Error::SqliteFailure(failure, _)) = cause else { return false };
    match failure.extended_code & 0xff {
        // Not the snapshot that another writer has left behind: a transaction begins with a new one.
        ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => true,
        ffi::SQLITE_IOERR => matches!(
            failure.extended_code,
            ffi::SQLITE_IOERR
                | ffi::SQLITE_IOERR_READ
                | ffi::SQLITE_IOERR_SHORT_READ
                | ffi::SQLITE_IOERR_WRITE
                | ffi::SQLITE_IOERR_LOCK
                | ffi::SQLITE_IOERR_UNLOCK
                | ffi::SQLITE_IOERR_RDLOCK
                | ffi::SQLITE_IOERR_CHECKRESERVEDLOCK
                | ffi::SQLITE_IOERR_BLOCKED
                | ffi::SQLITE_IOERR_ACCESS
                | ffi::SQLITE_IOERR_FSTAT
                | ffi::SQLITE_IOERR_SHMOPEN
                | ffi::SQLITE_IOERR_SHMLOCK
                | ffi::SQLITE_IOERR_SHMMAP
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::Silent;

    fn failure(code: i32) -> Error {
        let source = rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
        Error::sqlite("apply it", source)
    }

    /// Fails so often, then succeeds. Gives how often it was tried, and how it ended.
    fn tried(code: i32, failures: u32, attempts: u32) -> (u32, Result<()>) {
        let connection = Connection::open_in_memory().unwrap();
        let retry = Retry { attempts, first: Duration::ZERO, factor: 2 };
        let mut count = 0;
        let done = retried(retry, &connection, &Interrupt::default(), &mut Silent, |_| {
            count += 1;
            if count <= failures { Err(failure(code)) } else { Ok(()) }
        });
        (count, done)
    }

    #[test]
    fn what_passes_is_tried_again_as_often_as_is_said_and_what_does_not_is_not() {
        for code in [
            ffi::SQLITE_BUSY,
            ffi::SQLITE_BUSY_SNAPSHOT,
            ffi::SQLITE_LOCKED,
            ffi::SQLITE_IOERR_SHORT_READ,
            ffi::SQLITE_IOERR_LOCK,
        ] {
            let (count, done) = tried(code, 3, 3);
            assert!(done.is_ok() && count == 4, "{code}: {count}");
            let (count, done) = tried(code, 9, 3);
            assert!(done.is_err() && count == 4, "{code}: {count}");
            assert_eq!(tried(code, 9, 0).0, 1);
        }
        for code in [
            ffi::SQLITE_FULL,
            ffi::SQLITE_CORRUPT,
            ffi::SQLITE_CONSTRAINT_UNIQUE,
            ffi::SQLITE_ERROR,
            ffi::SQLITE_READONLY,
            ffi::SQLITE_IOERR_FSYNC,
            ffi::SQLITE_IOERR_CORRUPTFS,
            ffi::SQLITE_INTERRUPT,
        ] {
            assert_eq!(tried(code, 9, 3).0, 1, "{code}");
        }
    }

    #[test]
    fn a_transaction_that_could_not_be_rolled_back_is_not_begun_again() {
        let connection = Connection::open_in_memory().unwrap();
        let mut count = 0;
        let done: Result<()> =
            retried(Retry::default(), &connection, &Interrupt::default(), &mut Silent, |_| {
                count += 1;
                connection.execute_batch("BEGIN").unwrap();
                Err(failure(ffi::SQLITE_IOERR_READ))
            });
        assert!(done.is_err() && count == 1);
    }

    #[test]
    fn however_much_is_asked_for_it_is_a_day_at_most() {
        let endless = Retry { attempts: u32::MAX, first: Duration::from_secs(1), factor: u32::MAX };
        assert_eq!(endless.whole(), DAY);
        assert_eq!(Retry::default().whole(), Duration::from_secs(35));
        assert_eq!(Retry { attempts: u32::MAX, first: Duration::ZERO, factor: 2 }.whole(), Duration::ZERO);
    }
}
