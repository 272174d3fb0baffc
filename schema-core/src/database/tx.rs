use std::{fmt, marker::PhantomData};

use super::{context::Context, shared::within, transaction};
use crate::{
    engine::sqlite::{Connection, lent},
    error::{Error, Result},
    schema::Schema,
};

/// A transaction that writes, inside [`Db::transaction`](super::Db::transaction).
pub struct Tx<'h, S> {
    connection: &'h Connection,
    context: &'h Context,
    schema: PhantomData<fn() -> S>,
}

/// A savepoint, inside [`Tx::savepoint`].
pub struct Savepoint<'h, S> {
    connection: &'h Connection,
    context: &'h Context,
    schema: PhantomData<fn() -> S>,
}

/// Reads that see one state of the database, inside
/// [`Db::read_transaction`](super::Db::read_transaction).
pub struct ReadTx<'h, S> {
    connection: &'h Connection,
    context: &'h Context,
    schema: PhantomData<fn() -> S>,
}

/// Typed queries inside of a transaction that somebody else has begun on a connection of theirs, and ends: the runner of
/// migrations.
///
/// # Errors
/// What `work` answered; also where no transaction is open.
pub fn in_transaction_of<S: Schema, R>(
    connection: &rusqlite::Connection,
    work: impl FnOnce(&Tx<'_, S>) -> Result<R>,
) -> Result<R> {
    lent(connection, |connection| work(&Tx::new(connection, &Context::default())))?
}

impl<'h, S: Schema> Tx<'h, S> {
    pub(super) fn new(connection: &'h Connection, context: &'h Context) -> Self {
        Self { connection, context, schema: PhantomData }
    }

    pub(super) fn connection(&self) -> &Connection {
        self.connection
    }

    pub(super) fn context(&self) -> &Context {
        self.context
    }

    /// Runs `work` so that its error or panic undoes what it did and nothing more: the transaction
    /// goes on.
    ///
    /// # Errors
    /// What `work` answered; the savepoint is undone.
    pub fn savepoint<R>(&self, work: impl FnOnce(&Savepoint<'_, S>) -> Result<R>) -> Result<R> {
        transaction::savepoint(self.connection, |connection| work(&Savepoint::new(connection, self.context)))
    }

    /// Runs statements of your own on the transaction's connection.
    ///
    /// # Errors
    /// What `work` answered; also if the transaction has ended inside it.
    pub fn sqlite_raw<R>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R>,
    ) -> Result<R> {
        raw_inside(self.connection, self.context, work)
    }
}

impl<'h, S: Schema> Savepoint<'h, S> {
    fn new(connection: &'h Connection, context: &'h Context) -> Self {
        Self { connection, context, schema: PhantomData }
    }

    pub(super) fn connection(&self) -> &Connection {
        self.connection
    }

    pub(super) fn context(&self) -> &Context {
        self.context
    }

    /// A savepoint inside this one.
    ///
    /// # Errors
    /// What `work` answered; the inner savepoint is undone.
    pub fn savepoint<R>(&self, work: impl FnOnce(&Savepoint<'_, S>) -> Result<R>) -> Result<R> {
        transaction::savepoint(self.connection, |connection| work(&Savepoint::new(connection, self.context)))
    }

    /// Runs statements of your own on the transaction's connection.
    ///
    /// # Errors
    /// What `work` answered; also if the transaction has ended inside it.
    pub fn sqlite_raw<R>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R>,
    ) -> Result<R> {
        raw_inside(self.connection, self.context, work)
    }
}

impl<'h, S: Schema> ReadTx<'h, S> {
    pub(super) fn new(connection: &'h Connection, context: &'h Context) -> Self {
        Self { connection, context, schema: PhantomData }
    }

    pub(super) fn connection(&self) -> &Connection {
        self.connection
    }

    pub(super) fn context(&self) -> &Context {
        self.context
    }

    /// Runs statements of your own that read.
    ///
    /// # Errors
    /// What `work` answered; also if it wrote.
    pub fn sqlite_raw<R>(
        &self,
        work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R>,
    ) -> Result<R> {
        raw_inside(self.connection, self.context, work)
    }
}

fn raw_inside<R>(
    connection: &Connection,
    context: &Context,
    work: impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<R>,
) -> Result<R> {
    transaction::still_open(connection)?;
    let answer = within(context.limits().as_ref(), connection, |connection| {
        connection.lend(work).map_err(Error::from)
    })?;
    transaction::still_open(connection)?;
    Ok(answer)
}

impl<S> fmt::Debug for Tx<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for Savepoint<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Savepoint").finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for ReadTx<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadTx").finish_non_exhaustive()
    }
}
