use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use rusqlite::InterruptHandle;

/// Stops what runs on a handle, from any thread: [`Db::with_cancel`](crate::Db::with_cancel).
///
/// Once cancelled it stays so, for all its clones. Whatever runs then ends with
/// [`is_cancelled`](crate::Error::is_cancelled), and so does whatever is asked for later.
///
/// ```
/// # use schema_core::{CancelHandle, Db, Schema, model::SchemaDef};
/// # struct Library;
/// # impl Schema for Library { const DEF: &'static SchemaDef = &SchemaDef::EMPTY; }
/// let db = Db::<Library>::in_memory()?;
/// let cancel = CancelHandle::new();
/// let request = db.with_cancel(&cancel); // for the queries of one request
/// cancel.cancel(); // usually from another thread
///
/// let endless = "WITH RECURSIVE up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up) SELECT max(i) FROM up";
/// let ask = |db: &Db<Library>, sql: &str| {
///     db.sqlite_raw(|sqlite| sqlite.query_row(sql, [], |row| row.get::<_, i64>(0)))
/// };
/// assert!(ask(&request, endless).unwrap_err().is_cancelled());
/// assert_eq!(ask(&db, "SELECT 1")?, 1);
/// # Ok::<(), schema_core::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct CancelHandle(Arc<Cancel>);

#[derive(Default)]
struct Cancel {
    asked: AtomicBool,
    running: Mutex<Running>,
}

/// The connections on which something runs, by number. Who stands here uses its connection.
#[derive(Default)]
struct Running {
    last: u64,
    connections: Vec<(u64, InterruptHandle)>,
    /// Handles that are cancelled with this one.
    #[cfg(feature = "tokio")]
    children: Vec<std::sync::Weak<Cancel>>,
}

impl CancelHandle {
    /// A handle that cancels nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops what runs, and refuses what would run later.
    pub fn cancel(&self) {
        self.0.asked.store(true, Ordering::SeqCst);
        let running = self.running();
        // Nobody can leave meanwhile, so no other's statement is met on a connection.
        running.connections.iter().for_each(|(_, connection)| connection.interrupt());
        #[cfg(feature = "tokio")]
        running.children.iter().filter_map(std::sync::Weak::upgrade).for_each(|child| Self(child).cancel());
    }

    /// A handle that is cancelled with this one, and alone without it.
    #[cfg(feature = "tokio")]
    pub(crate) fn child(&self) -> Self {
        let child = Self::new();
        let mut running = self.running();
        running.children.retain(|child| child.strong_count() > 0);
        running.children.push(Arc::downgrade(&child.0));
        drop(running);
        // Whoever cancels from here on finds the child.
        if self.is_cancelled() {
            child.cancel();
        }
        child
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.0.asked.load(Ordering::SeqCst)
    }

    /// Something begins to run on a connection, until [`leave`](Self::leave) with the number.
    pub(super) fn enter(&self, connection: InterruptHandle) -> u64 {
        let mut running = self.running();
        running.last += 1;
        let number = running.last;
        running.connections.push((number, connection));
        number
    }

    pub(super) fn leave(&self, number: u64) {
        self.running().connections.retain(|(known, _)| *known != number);
    }

    fn running(&self) -> MutexGuard<'_, Running> {
        self.0.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelHandle").field("is_cancelled", &self.is_cancelled()).finish_non_exhaustive()
    }
}
