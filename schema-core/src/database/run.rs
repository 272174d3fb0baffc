use std::{cell::Cell, sync::Arc};

use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::AbortHandle,
};

use super::{Db, shared::Shared};
use crate::{
    engine::sqlite::CancelHandle,
    error::{Error, Kind, Result},
    schema::Schema,
};

/// How many closures may run at once, and who waits for a turn.
#[derive(Debug)]
pub(super) struct Places(Arc<Semaphore>);

impl Places {
    pub(super) fn new(at_once: usize) -> Self {
        Self(Arc::new(Semaphore::new(at_once.min(Semaphore::MAX_PERMITS))))
    }
}

thread_local! {
    /// The database whose closure runs on this thread.
    static INSIDE: Cell<usize> = const { Cell::new(0) };
}

impl<S: Schema> Db<S> {
    /// Runs `work` on a thread of tokio's that may block, and waits for it without blocking a thread of the
    /// runtime. Inside everything is as it is without `async`: repositories, queries, transactions.
    ///
    /// ```
    /// # use schema_core::{Db, Table};
    /// # #[derive(Table)]
    /// # struct Author { #[column(primary_key)] id: i64, name: String }
    /// # schema_core::schema! { pub(crate) Library { Author } }
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let db = Db::<Library>::in_memory()?;
    /// # db.sqlite_raw(|sqlite| sqlite.execute_batch("CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT)"))?;
    /// let name = String::from("Frank Herbert"); // moved in: the closure may outlive its caller
    /// let author = db.run(move |db| AuthorRepository::new(db).insert(NewAuthor { name })).await?;
    /// assert_eq!(author.id, 1);
    /// # Ok::<(), schema_core::Error>(()) }).unwrap();
    /// ```
    ///
    /// So many closures run at once as [`OpenOptions::runs`](super::OpenOptions::runs) says; whoever comes later waits
    /// in turn, as long as it takes (`tokio::time::timeout` bounds it). A panic in `work` goes on in the caller.
    ///
    /// **Dropping the future cancels `work`**, as [`with_cancel`](Self::with_cancel) does: before its turn it never
    /// runs; later the statement that runs is interrupted, what it asks for afterwards is refused, and an open
    /// transaction is rolled back. What was committed is kept. What has to come to its end whoever waits
    /// is handed to the runtime: `tokio::spawn(db.run(..)).await`.
    ///
    /// # Errors
    /// What `work` answered. [`is_cancelled`](Error::is_cancelled) if the runtime shut down before it began;
    /// [`is_misuse`](Error::is_misuse) outside of a tokio runtime, and inside of another closure of this database
    /// on the same thread, which would wait for itself.
    pub fn run<R, W>(&self, work: W) -> impl Future<Output = Result<R>> + Send + 'static + use<S, R, W>
    where
        R: Send + 'static,
        W: FnOnce(&Self) -> Result<R> + Send + 'static,
    {
        let cancel = self.context().cancel.as_ref().map_or_else(CancelHandle::new, CancelHandle::child);
        let db = self.with_cancel(&cancel);
        async move {
            let runtime = Handle::try_current().map_err(|_| outside())?;
            if INSIDE.get() == address(db.shared()) {
                return Err(inside());
            }
            let places = Arc::clone(&db.shared().places.0);
            let place = places.acquire_owned().await.map_err(|_| shut_down())?;
            #[cfg(feature = "tracing")]
            let span = tracing::Span::current();
            let task = runtime.spawn_blocking(move || {
                let _inside = Inside::enter(db.shared(), place);
                #[cfg(feature = "tracing")]
                let _span = span.entered();
                work(&db)
            });
            let mut unfinished = Unfinished(Some((cancel, task.abort_handle())));
            let answer = task.await;
            unfinished.0 = None;
            match answer.map_err(tokio::task::JoinError::try_into_panic) {
                Ok(answer) => answer,
                Err(Ok(panic)) => std::panic::resume_unwind(panic),
                Err(Err(_)) => Err(shut_down()),
            }
        }
    }
}

/// A closure that somebody waits for.
struct Unfinished(Option<(CancelHandle, AbortHandle)>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some((cancel, task)) = self.0.take() {
            cancel.cancel();
            // One that no thread has begun yet never begins.
            task.abort();
        }
    }
}

/// A closure that runs on this thread and has a place.
struct Inside {
    _place: OwnedSemaphorePermit,
}

impl Inside {
    fn enter(shared: &Shared, place: OwnedSemaphorePermit) -> Self {
        INSIDE.set(address(shared));
        Self { _place: place }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        INSIDE.set(0);
    }
}

fn address(shared: &Shared) -> usize {
    std::ptr::from_ref(shared).addr()
}

#[cold]
fn outside() -> Error {
    Error::misuse(
        "`Db::run` needs a tokio runtime: await it in one, or call the handle itself; nothing was run",
    )
}

#[cold]
fn inside() -> Error {
    Error::misuse(
        "`Db::run` inside of a closure of `Db::run`, on the same thread: use the handle that the closure is given; \
         nothing was run by this call",
    )
}

#[cold]
fn shut_down() -> Error {
    Error::new(
        Kind::Cancelled,
        "the tokio runtime was shut down before the closure began; nothing was changed",
    )
}
