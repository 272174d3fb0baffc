use std::{path::PathBuf, time::Duration};

use super::{
    changes::Subscribers,
    context::Context,
    deadline::Deadline,
    pool::{Lease, Pool, Refused},
    target::Target,
    transaction,
};
use crate::{
    engine::sqlite::{Connection, Limits, Settings, refused as cancelled},
    error::{Error, Kind, Result},
    function::Functions,
};

/// What the clones of a handle share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(super) target: Target,
    /// How long to wait for a connection or a lock.
    pub(super) wait: Duration,
    pub(super) settings: Settings,
    pub(super) connections: Connections,
    pub(super) subscribers: Subscribers,
    #[cfg(feature = "tokio")]
    pub(super) places: super::run::Places,
}

/// The connections of a handle.
#[derive(Debug)]
pub(super) enum Connections {
    /// One writer, and readers beside it.
    Writable { readers: Pool, writer: Pool },
    /// Readers alone: the database is opened read-only.
    ReadOnly { readers: Pool },
    /// One connection for everything: the database is in memory.
    Single(Pool),
    /// Closed: nothing is left to lend.
    Closed,
}

impl Shared {
    /// What the application has registered.
    pub(crate) fn functions(&self) -> &Functions {
        self.settings.functions()
    }

    /// Reads: several at the same time, beside the writer.
    #[inline]
    pub(super) fn read<R>(
        &self,
        context: &Context,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        let limits = context.limits();
        self.on_reader(limits.as_ref(), |connection| within(limits.as_ref(), connection, work))
    }

    /// Writes: one at a time.
    #[inline]
    pub(super) fn write<R>(
        &self,
        context: &Context,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        let limits = context.limits();
        self.on_writer(limits.as_ref(), |connection| within(limits.as_ref(), connection, work))
    }

    /// Writes that are kept all or not at all, as one call.
    pub(super) fn atomically<R>(
        &self,
        context: &Context,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        let limits = context.limits();
        let deadline = self.deadline(limits.as_ref());
        self.on_writer(limits.as_ref(), |connection| {
            transaction::immediate(connection, deadline, |connection| {
                within(limits.as_ref(), connection, work)
            })
        })
    }

    /// Calls that are kept all or not at all; each has limits of its own.
    pub(super) fn transaction<R>(
        &self,
        context: &Context,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        let limits = context.limits();
        let deadline = self.deadline(limits.as_ref());
        self.on_writer(limits.as_ref(), |connection| {
            transaction::immediate(connection, deadline, |connection| {
                let answer = work(connection)?;
                // What was cancelled between two calls is not kept.
                limits.as_ref().map_or(Ok(()), Limits::check)?;
                Ok(answer)
            })
        })
    }

    /// Reads that see one state of the database, as one call.
    pub(super) fn read_together<R>(
        &self,
        context: &Context,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        let limits = context.limits();
        self.on_one_snapshot(limits.as_ref(), |connection| within(limits.as_ref(), connection, work))
    }

    /// Calls that see one state of the database; each has limits of its own.
    pub(super) fn read_transaction<R>(
        &self,
        context: &Context,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        self.on_one_snapshot(context.limits().as_ref(), work)
    }

    pub(super) fn on_one_snapshot<R>(
        &self,
        limits: Option<&Limits>,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        let guarded = matches!(self.connections, Connections::Single(_));
        self.on_reader(limits, |connection| transaction::snapshot(connection, guarded, work))
    }

    #[inline]
    fn on_reader<R>(
        &self,
        limits: Option<&Limits>,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        let (Connections::Writable { readers: pool, .. }
        | Connections::ReadOnly { readers: pool }
        | Connections::Single(pool)) = &self.connections
        else {
            return Err(closed());
        };
        let mut lease = pool.take(self.wait, limits).map_err(|refused| self.refused_read(&refused))?;
        work(lease.connection(|| self.open_reader())?)
    }

    #[inline]
    fn on_writer<R>(
        &self,
        limits: Option<&Limits>,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        let mut lease = self.lend_writer(limits)?;
        let connection = lease.connection_mut(|| self.open_writer())?;
        self.watch(connection)?;
        let answer = work(connection);
        self.tell(connection);
        answer
    }

    /// Watches the changes on a connection as long as anybody wants to hear of them.
    #[inline]
    fn watch(&self, connection: &mut Connection) -> Result<()> {
        if self.subscribers.any() != connection.is_watched() {
            connection.watch(self.subscribers.any())?;
        }
        Ok(())
    }

    /// Tells of what was committed on a connection, before anybody else commits on it.
    #[inline]
    fn tell(&self, connection: &Connection) {
        if connection.is_watched()
            && let Some(tables) = connection.committed()
        {
            self.subscribers.tell(tables);
        }
    }

    fn deadline(&self, limits: Option<&Limits>) -> Deadline {
        Deadline::after(limits.map_or(self.wait, |limits| limits.wait(self.wait)))
    }

    /// Statements of the caller's own, on the connection that writes where there is one.
    pub(super) fn raw<R>(
        &self,
        context: &Context,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R>,
    ) -> Result<R> {
        let on = |connection: &Connection| {
            let _restored = self.settings.enforces_foreign_keys().then(|| ForeignKeys(connection));
            let answer = connection.lend(work)?;
            if connection.is_in_transaction() {
                connection.roll_back();
                return Err(Error::misuse(
                    "`sqlite_raw` left a transaction open; it was rolled back: use `transaction(|tx| ..)` \
                     and `tx.sqlite_raw(|connection| ..)`",
                ));
            }
            Ok(answer)
        };
        match &self.connections {
            Connections::ReadOnly { .. } => self.read(context, on),
            _ => self.write(context, on),
        }
    }

    /// The connection that writes, for work that needs it alone. Foreign keys are on afterwards, and
    /// nothing that is open stays so.
    pub(crate) fn with_own_connection<R>(
        &self,
        work: impl FnOnce(&mut rusqlite::Connection) -> R,
    ) -> Result<R> {
        let mut lease = self.lend_writer(None)?;
        let connection = lease.connection_mut(|| self.open_writer())?;
        self.watch(connection)?;
        let answer = connection.lend_mut(work);
        self.tell(connection);
        // The work may have taken SQLite's hooks for itself.
        if connection.is_watched() {
            connection.watch(true)?;
        }
        let _restored = self.settings.enforces_foreign_keys().then(|| ForeignKeys(connection));
        Ok(answer)
    }

    #[inline]
    fn lend_writer(&self, limits: Option<&Limits>) -> Result<Lease<'_>> {
        let (Connections::Writable { writer: pool, .. } | Connections::Single(pool)) = &self.connections
        else {
            return Err(self.no_writer());
        };
        pool.take(self.wait, limits).map_err(|refused| self.refused_write(&refused))
    }

    fn open_reader(&self) -> Result<Connection> {
        match &self.target {
            Target::File(path) => self.settings.open_reader(path),
            Target::Memory => Err(lost()),
        }
    }

    fn open_writer(&self) -> Result<Connection> {
        match &self.target {
            Target::File(path) => self.settings.reopen_writer(path),
            Target::Memory => Err(lost()),
        }
    }

    #[cold]
    fn no_writer(&self) -> Error {
        match (&self.connections, &self.target) {
            (Connections::ReadOnly { .. }, Target::File(path)) => Error::new(
                Kind::ReadOnly,
                format!("{}: the database was opened read-only; nothing was changed", path.display()),
            ),
            _ => closed(),
        }
    }

    #[cold]
    fn refused_write(&self, refused: &Refused) -> Error {
        match refused {
            Refused::Held if self.is_in_memory() => held_in_memory(),
            Refused::Held => Error::misuse(
                "writing through the handle while this thread is inside a transaction or a write of it: \
                 inside `transaction(|tx| ..)` pass `tx`; nothing was changed by this call",
            ),
            Refused::Cancelled => cancelled(),
            Refused::Busy(wait) => Error::new(
                Kind::Busy,
                format!(
                    "another thread of this program is writing, for longer than {wait:?}; nothing was changed: \
                     try again, shorten that transaction, or raise `OpenOptions::busy_timeout`"
                ),
            ),
        }
    }

    #[cold]
    fn refused_read(&self, refused: &Refused) -> Error {
        match refused {
            Refused::Held if self.is_in_memory() => held_in_memory(),
            Refused::Held => Error::misuse(
                "reading through the handle while this thread holds its only reader: inside \
                 `read_transaction(|tx| ..)` pass `tx`, or allow more with `OpenOptions::readers`",
            ),
            Refused::Cancelled => cancelled(),
            Refused::Busy(wait) => Error::new(
                Kind::Busy,
                format!(
                    "every reading connection was in use for longer than {wait:?}; nothing was changed: \
                     try again, shorten the reads, or raise `OpenOptions::readers`"
                ),
            ),
        }
    }

    fn is_in_memory(&self) -> bool {
        self.target == Target::Memory
    }

    pub(super) fn path(&self) -> Option<&PathBuf> {
        match &self.target {
            Target::File(path) => Some(path),
            Target::Memory => None,
        }
    }

    /// Closes every connection, the writer last: it moves the write-ahead log into the file.
    pub(super) fn close(&mut self) -> Result<()> {
        let (readers, writer) = match std::mem::replace(&mut self.connections, Connections::Closed) {
            Connections::Writable { readers, writer } => (Some(readers), Some(writer)),
            Connections::ReadOnly { readers } => (Some(readers), None),
            Connections::Single(pool) => (None, Some(pool)),
            Connections::Closed => (None, None),
        };
        let mut answer = Ok(());
        for connection in [readers, writer].into_iter().flatten().flat_map(Pool::into_connections) {
            answer = answer.and(connection.close());
        }
        answer
    }
}

/// Runs a call on a connection within its limits.
#[inline]
pub(super) fn within<R>(
    limits: Option<&Limits>,
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<R>,
) -> Result<R> {
    let running = limits.map(|limits| limits.begin(connection)).transpose()?;
    let answer = work(connection);
    match running {
        None => answer,
        Some(running) => running.finish(answer),
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Nobody is left to hear of it; `Db::close` reports.
        let _ = self.close();
    }
}

/// Foreign keys stay on, whatever was done to the connection.
struct ForeignKeys<'c>(&'c Connection);

impl Drop for ForeignKeys<'_> {
    fn drop(&mut self) {
        if self.0.is_in_transaction() {
            self.0.roll_back();
        }
        self.0.enforce_foreign_keys();
    }
}

#[cold]
fn held_in_memory() -> Error {
    Error::misuse(
        "the handle is used while this thread is inside a transaction, a read or a write of it: an in-memory \
         database has one connection; inside `transaction(|tx| ..)` pass `tx`; nothing was changed by this call",
    )
}

#[cold]
fn closed() -> Error {
    Error::misuse("the database handle is closed")
}

#[cold]
fn lost() -> Error {
    Error::new(Kind::Engine, "the in-memory database is gone")
}
