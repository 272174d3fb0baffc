use std::{
    cell::Cell,
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, TryLockError, Weak,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use super::deadline::Deadline;
use crate::{
    engine::sqlite::{CancelHandle, Connection, Limits},
    error::{Error, Kind, Result},
};

/// Connections that are lent to one thread at a time, opened when they are first needed.
///
/// Taking a free one is one atomic exchange. A thread that finds none queues; while threads queue,
/// newcomers queue behind them, so that a busy thread cannot starve the others.
#[derive(Debug)]
pub(super) struct Pool {
    places: Box<[Mutex<Option<Connection>>]>,
    /// The thread that holds the only place, 0 where nobody does or there are several places.
    holder: Arc<AtomicUsize>,
    waiting: AtomicUsize,
    queue: Mutex<Queue>,
    freed: Condvar,
}

#[derive(Debug, Default)]
struct Queue {
    last: u64,
    line: VecDeque<u64>,
}

/// The longest that a free connection goes unnoticed, where the wake-up was missed. A fence would
/// rule that out, and cost every lone read more than the lock does.
const LOOK_AGAIN: Duration = Duration::from_millis(10);

/// Why no connection was lent.
#[derive(Debug)]
pub(super) enum Refused {
    /// This thread holds the only connection.
    Held,
    /// Other threads held all of them for this long.
    Busy(Duration),
    /// Somebody has cancelled.
    Cancelled,
}

thread_local! {
    /// Its address tells threads apart.
    static THREAD: u8 = const { 0 };
    /// The place that this thread took last: threads that read side by side settle on different ones.
    static FAVOURITE: Cell<usize> = const { Cell::new(0) };
}

pub(super) fn this_thread() -> usize {
    THREAD.with(|mark| std::ptr::from_ref(mark).addr())
}

impl Pool {
    pub(super) fn new(places: usize) -> Self {
        Self {
            places: (0..places).map(|_| Mutex::new(None)).collect(),
            holder: Arc::default(),
            waiting: AtomicUsize::new(0),
            queue: Mutex::default(),
            freed: Condvar::new(),
        }
    }

    /// A pool whose first connection is open already.
    pub(super) fn with(places: usize, first: Connection) -> Self {
        let mut pool = Self::new(places);
        if let Some(place) = pool.places.first_mut() {
            *place = Mutex::new(Some(first));
        }
        pool
    }

    /// Borrows a connection, and waits for one where all are lent.
    #[inline]
    pub(super) fn take(&self, wait: Duration, limits: Option<&Limits>) -> Result<Lease<'_>, Refused> {
        if self.waiting.load(Ordering::Relaxed) == 0
            && let Some(lease) = self.try_take()
        {
            return Ok(match limits {
                None => lease,
                Some(limits) => lease.limited(wait, limits),
            });
        }
        self.queue_up(wait, limits)
    }

    #[inline]
    fn try_take(&self) -> Option<Lease<'_>> {
        let first = if self.places.len() == 1 { 0 } else { FAVOURITE.get() };
        let from_first = self.places.iter().enumerate().skip(first);
        for (at, mutex) in from_first.chain(self.places.iter().enumerate().take(first)) {
            let place = match mutex.try_lock() {
                Ok(place) => place,
                // A panic while it was lent: the lease has rolled back what was open.
                Err(TryLockError::Poisoned(poisoned)) => {
                    mutex.clear_poison();
                    poisoned.into_inner()
                }
                Err(TryLockError::WouldBlock) => continue,
            };
            if at != first {
                FAVOURITE.set(at);
            }
            if self.places.len() == 1 {
                self.holder.store(this_thread(), Ordering::Relaxed);
            }
            return Some(Lease { pool: self, place: Some(place), shortened: None, is_limited: false });
        }
        None
    }

    /// Where the thread stands that holds the only connection.
    pub(super) fn holder(&self) -> Weak<AtomicUsize> {
        Arc::downgrade(&self.holder)
    }

    /// Whether this thread holds the only connection.
    fn is_mine(&self) -> bool {
        self.holder.load(Ordering::Relaxed) == this_thread()
    }

    #[cold]
    fn queue_up(&self, usually: Duration, limits: Option<&Limits>) -> Result<Lease<'_>, Refused> {
        if self.is_mine() {
            return Err(Refused::Held);
        }
        let wait = limits.map_or(usually, |limits| limits.wait(usually));
        let is_cancelled = || limits.and_then(Limits::cancel).is_some_and(CancelHandle::is_cancelled);
        let deadline = Deadline::after(wait);
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        queue.last += 1;
        let number = queue.last;
        queue.line.push_back(number);
        let lease = loop {
            if queue.line.front() == Some(&number)
                && let Some(lease) = self.try_take()
            {
                break Some(lease);
            }
            let left = deadline.left();
            if left.is_zero() || is_cancelled() {
                break None;
            }
            // A lender that looked just before this thread was counted wakes nobody: look again soon.
            queue = self
                .freed
                .wait_timeout(queue, left.min(LOOK_AGAIN))
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        };
        queue.line.retain(|waiting| *waiting != number);
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        drop(queue);
        // The next in line may find another place free.
        self.freed.notify_all();
        let refused = || if is_cancelled() { Refused::Cancelled } else { Refused::Busy(wait) };
        let mut lease = lease.ok_or_else(refused)?;
        lease.shortened = Some((deadline, usually));
        lease.is_limited = limits.is_some();
        Ok(lease)
    }

    /// Takes every connection out, for closing.
    pub(super) fn into_connections(self) -> impl Iterator<Item = Connection> {
        self.places.into_iter().filter_map(|place| place.into_inner().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A borrowed connection; goes back when dropped.
#[derive(Debug)]
pub(super) struct Lease<'p> {
    pool: &'p Pool,
    place: Option<MutexGuard<'p, Option<Connection>>>,
    /// Where this thread had to queue or may wait for a shorter time than others: when its waiting ends,
    /// and the busy timeout to put back.
    shortened: Option<(Deadline, Duration)>,
    /// Whether SQLite has to ask for limits.
    is_limited: bool,
}

impl Lease<'_> {
    #[cold]
    fn limited(mut self, usually: Duration, limits: &Limits) -> Self {
        let wait = limits.wait(usually);
        if wait < usually {
            self.shortened = Some((Deadline::after(wait), usually));
        }
        self.is_limited = true;
        self
    }

    /// The connection, opened if it is not yet.
    #[inline]
    pub(super) fn connection(&mut self, open: impl FnOnce() -> Result<Connection>) -> Result<&Connection> {
        self.connection_mut(open).map(|connection| &*connection)
    }

    /// The same, for work that needs it alone.
    #[inline]
    pub(super) fn connection_mut(
        &mut self,
        open: impl FnOnce() -> Result<Connection>,
    ) -> Result<&mut Connection> {
        let connection = match self.place.as_deref_mut() {
            Some(Some(connection)) => connection,
            Some(none) => none.insert(open()?),
            None => return Err(Error::new(Kind::Engine, "a connection was used after it went back")),
        };
        if let Some((deadline, _)) = self.shortened {
            // What was spent in the queue is not waited for again in SQLite.
            connection.busy_timeout(deadline.left())?;
        }
        if self.is_limited {
            connection.limit()?;
        }
        Ok(connection)
    }
}

impl Drop for Lease<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(place) = self.place.as_deref_mut()
            && let Some(connection) = place
        {
            if let Some((_, wait)) = self.shortened {
                // It cannot fail on an open connection; a shorter wait would be the only harm.
                let _ = connection.busy_timeout(wait);
            }
            connection.unlimit();
            if connection.is_in_transaction() {
                connection.roll_back();
                if connection.is_in_transaction() {
                    // Nobody could begin a transaction on it again; the next to come opens another.
                    *place = None;
                }
            }
        }
        if self.pool.places.len() == 1 {
            self.pool.holder.store(0, Ordering::Relaxed);
        }
        self.place = None;
        if self.pool.waiting.load(Ordering::Relaxed) > 0 {
            // Whoever has looked in vain holds this lock until it waits.
            drop(self.pool.queue.lock().unwrap_or_else(PoisonError::into_inner));
            self.pool.freed.notify_all();
        }
    }
}
