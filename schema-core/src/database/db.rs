use std::{
    ffi::OsStr,
    fmt,
    marker::PhantomData,
    path::Path,
    sync::{Arc, mpsc::Receiver},
    time::Duration,
};

use super::{
    Changes, OpenOptions, Progress, ReadTx, Tx,
    context::Context,
    copy,
    deadline::Deadline,
    shared::{Connections, Shared},
};
use crate::{
    engine::sqlite::CancelHandle,
    error::{Error, Result},
    schema::Schema,
};

/// The handle of a database that holds schema `S`.
///
/// A clone is cheap and means the same database. One connection writes and several read, side by
/// side; a database in memory has one connection for both. Connections close when the last clone is
/// dropped; [`close`](Self::close) says whether that went well.
///
/// ```
/// # use schema_core::{Db, Schema, model::SchemaDef};
/// # struct Library;
/// # impl Schema for Library { const DEF: &'static SchemaDef = &SchemaDef::EMPTY; }
/// let db = Db::<Library>::open("sqlite::memory:")?;
/// db.sqlite_raw(|sqlite| sqlite.execute_batch("CREATE TABLE books (title TEXT UNIQUE)"))?;
///
/// // Usually `BookRepository::new(tx).insert(..)`; every statement runs on `tx`, not on `db`.
/// let error = db
///     .transaction(|tx| {
///         tx.sqlite_raw(|sqlite| sqlite.execute("INSERT INTO books VALUES ('Dune')", []))?;
///         tx.sqlite_raw(|sqlite| sqlite.execute("INSERT INTO books VALUES ('Dune')", []))
///     })
///     .unwrap_err();
/// assert_eq!(error.violation().unwrap().columns, ["title"]);
///
/// let books: i64 =
///     db.sqlite_raw(|sqlite| sqlite.query_row("SELECT count(*) FROM books", [], |row| row.get(0)))?;
/// assert_eq!(books, 0);
/// # Ok::<(), schema_core::Error>(())
/// ```
pub struct Db<S> {
    shared: Arc<Shared>,
    context: Arc<Context>,
    schema: PhantomData<fn() -> S>,
}

/// A schema that a handle is opened for: `Db::<Library>::open(..)`. A trait of one impl, for rustc lists all of them
/// where it is not said which.
pub trait Opens: Schema {}
#[diagnostic::do_not_recommend]
impl<S: Schema> Opens for S {}

impl<S: Opens> Db<S> {
    /// Opens `sqlite:data/library.db`, `sqlite::memory:` or a plain path with the default
    /// [`options`](Self::options).
    ///
    /// A file that does not exist is created, its folder is not. A schema of somebody else
    /// (`schema! { external .. }`) is opened as it is: read-only unless it says `writable`, and no
    /// setting of the file is changed.
    ///
    /// # Errors
    /// The folder or file is missing, is no database, damaged, encrypted, locked for too long, or not
    /// permitted. Nothing was changed.
    pub fn open(url: impl AsRef<OsStr>) -> Result<Self> {
        Self::options().open(url)
    }

    /// An empty database in memory, gone with its last handle.
    ///
    /// # Errors
    /// SQLite is out of memory.
    pub fn in_memory() -> Result<Self> {
        Self::options().in_memory()
    }

    /// How to open a database: timeouts, number of readers, read-only.
    pub fn options() -> OpenOptions<S> {
        OpenOptions::new()
    }
}

impl<S: Schema> Db<S> {
    pub(super) fn new(shared: Shared, context: Context) -> Self {
        Self { shared: Arc::new(shared), context: Arc::new(context), schema: PhantomData }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    pub(super) fn context(&self) -> &Context {
        &self.context
    }

    /// The same database, where every call takes at most this long, instead of the timeout that the
    /// handle has: `Book::query().all(&db.with_timeout(Duration::from_secs(2)))`.
    ///
    /// A call is a query, an insert of many rows, a page with its total, or a [`sqlite_raw`](Self::sqlite_raw).
    /// One that takes longer is ended by SQLite, undone, and answers [`is_timeout`](Error::is_timeout).
    /// Inside of a transaction a *write* that is ended takes the whole transaction with it; a read does not.
    /// Waiting for others ends then too, with [`is_busy`](Error::is_busy).
    pub fn with_timeout(&self, limit: Duration) -> Self {
        self.with(Context { timeout: Some(limit), ..Context::clone(&self.context) })
    }

    /// The same database, where whatever runs is ended once `handle` says so, with
    /// [`is_cancelled`](Error::is_cancelled). What was written is undone, also a transaction that is
    /// between two calls; one that is being committed is kept.
    ///
    /// A wait for another program that holds the file goes on until the busy timeout.
    pub fn with_cancel(&self, handle: &CancelHandle) -> Self {
        self.with(Context { cancel: Some(handle.clone()), ..Context::clone(&self.context) })
    }

    fn with(&self, context: Context) -> Self {
        Self { shared: Arc::clone(&self.shared), context: Arc::new(context), schema: PhantomData }
    }

    /// Runs `work` in a transaction: everything that it writes through `tx` is kept, or nothing.
    ///
    /// Begins with `BEGIN IMMEDIATE`, so two transactions never collide half-way; waits for others up
    /// to the busy timeout. An error or a panic in `work` rolls back.
    ///
    /// # Errors
    /// What `work` answered, or [`is_busy`](Error::is_busy) when another connection or thread wrote
    /// for longer than the busy timeout. Either way nothing was changed. Calling this inside a
    /// transaction of the same thread is [`is_misuse`](Error::is_misuse).
    pub fn transaction<R>(&self, work: impl FnOnce(&Tx<'_, S>) -> Result<R>) -> Result<R> {
        self.shared.transaction(&self.context, |connection| work(&Tx::new(connection, &self.context)))
    }

    /// As [`transaction`](Self::transaction), and runs all of it anew while it fails because the
    /// database is busy, until the busy timeout has passed.
    ///
    /// # Errors
    /// As [`transaction`](Self::transaction).
    pub fn transaction_retry<R>(&self, mut work: impl FnMut(&Tx<'_, S>) -> Result<R>) -> Result<R> {
        let deadline = Deadline::after(self.shared.wait);
        loop {
            match self.transaction(&mut work) {
                Err(error) if error.is_busy() && !deadline.has_passed() => std::thread::yield_now(),
                answer => return answer,
            }
        }
    }

    /// Runs reads that see one state of the database, whatever is written meanwhile. Several small
    /// reads are also faster inside than one by one.
    ///
    /// # Errors
    /// What `work` answered. Writing inside is [`is_misuse`](Error::is_misuse).
    pub fn read_transaction<R>(&self, work: impl FnOnce(&ReadTx<'_, S>) -> Result<R>) -> Result<R> {
        self.shared
            .read_transaction(&self.context, |connection| work(&ReadTx::new(connection, &self.context)))
    }

    /// Runs statements of your own on the connection that writes (a reader, where the database is
    /// opened read-only).
    ///
    /// Settings of the connection are shared with whatever runs next: leave them as they were.
    ///
    /// # Errors
    /// What `work` answered; also where it leaves a transaction open, which is rolled back.
    pub fn sqlite_raw<R>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R>,
    ) -> Result<R> {
        self.shared.raw(&self.context, work)
    }

    /// Hears of every transaction that begins from now on and changes rows through this handle or its clones:
    /// after its COMMIT, in the order of the commits, and never of one that is rolled back.
    ///
    /// ```
    /// # use schema_core::{Db, Table};
    /// # #[derive(Table)]
    /// # struct Author { #[column(primary_key)] id: i64, name: String }
    /// # schema_core::schema! { pub(crate) Library { Author } }
    /// # let db = Db::<Library>::in_memory()?;
    /// # db.sqlite_raw(|sqlite| sqlite.execute_batch("CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT)"))?;
    /// let changes = db.subscribe();
    /// db.transaction(|tx| Author::delete().filter(|a| a.id.gt(100)).run(tx))?;
    /// assert!(changes.try_recv().is_err()); // no row was changed
    ///
    /// AuthorRepository::new(&db).insert(NewAuthor { name: "Frank Herbert".into() })?;
    /// assert!(changes.recv()?.touches::<Author>());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Triggers, foreign keys and [`sqlite_raw`](Self::sqlite_raw) count; what other programs and other handles
    /// write does not, and neither do changes of the schema. Where SQLite does not tell of single rows (tables
    /// WITHOUT ROWID, a DELETE of all rows, virtual tables), every table that the statement *could* write is named.
    /// So is, at times, one whose changes were undone by a ROLLBACK that was written in a `sqlite_raw`.
    ///
    /// Nobody waits for the receiver: what is not received is kept. Dropping it ends the subscription.
    pub fn subscribe(&self) -> Receiver<Changes> {
        self.shared.subscribers.add()
    }

    /// Copies the database into a new file, as it is at the beginning of the call, while others go on
    /// reading and writing. `progress` is called after every few pages.
    ///
    /// # Errors
    /// The target exists already, or cannot be written. An unfinished copy is removed.
    pub fn copy_to(&self, target: impl AsRef<Path>, progress: impl FnMut(Progress)) -> Result<()> {
        copy::copy(&self.shared, target.as_ref(), progress)
    }

    /// The absolute path of the database file; `None` in memory.
    pub fn path(&self) -> Option<&Path> {
        self.shared.path().map(AsRef::as_ref)
    }

    /// Whether the database was opened read-only.
    pub fn is_read_only(&self) -> bool {
        matches!(self.shared.connections, Connections::ReadOnly { .. })
    }

    /// Closes the connections, and says if one could not be.
    ///
    /// # Errors
    /// Other clones of the handle are alive (the database stays open for them), or a statement that
    /// was prepared in [`sqlite_raw`](Self::sqlite_raw) has never been dropped.
    pub fn close(self) -> Result<()> {
        match Arc::try_unwrap(self.shared) {
            Ok(mut shared) => shared.close(),
            Err(shared) => Err(Error::misuse(format!(
                "the database stays open: the handle has {} other clones",
                Arc::strong_count(&shared) - 1
            ))),
        }
    }
}

impl<S> Clone for Db<S> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), context: Arc::clone(&self.context), schema: PhantomData }
    }
}

impl<S> fmt::Debug for Db<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db").field("target", &self.shared.target).finish_non_exhaustive()
    }
}
