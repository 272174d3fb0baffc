use super::{
    Tx,
    context::Context,
    shared::{Shared, within},
    transaction,
};
use crate::{
    engine::sqlite::Connection,
    error::{Error, Result},
    schema::Schema,
};

/// The connection that statements run on: a handle's pool, or the connection of a transaction.
#[derive(Clone, Copy, Debug)]
pub struct Session<'h> {
    way: Way<'h>,
    context: &'h Context,
}

#[derive(Clone, Copy, Debug)]
enum Way<'h> {
    /// Connections of the handle's pools.
    Pool(&'h Shared),
    /// The connection of a transaction.
    Transaction(&'h Connection),
    /// The connection of a read transaction.
    Snapshot(&'h Connection),
}

impl<'h> Session<'h> {
    pub(super) fn pool(shared: &'h Shared, context: &'h Context) -> Self {
        Self { way: Way::Pool(shared), context }
    }

    pub(super) fn transaction(connection: &'h Connection, context: &'h Context) -> Self {
        Self { way: Way::Transaction(connection), context }
    }

    pub(super) fn snapshot(connection: &'h Connection, context: &'h Context) -> Self {
        Self { way: Way::Snapshot(connection), context }
    }

    pub(crate) fn context(self) -> &'h Context {
        self.context
    }

    /// Refuses to write a table that a `for_each` on the same transaction is reading: it might read what is
    /// written, and never end.
    #[inline]
    pub(crate) fn may_write(self, table: &str) -> Result<()> {
        match self.way {
            Way::Transaction(connection) if connection.is_reading(table) => Err(written_while_read(table)),
            Way::Transaction(_) | Way::Pool(_) | Way::Snapshot(_) => Ok(()),
        }
    }

    /// Runs statements that see one state of the database.
    pub(crate) fn read_together<R>(self, work: impl FnOnce(&Connection) -> Result<R>) -> Result<R> {
        match self.way {
            Way::Pool(shared) => shared.read_together(self.context, work),
            Way::Transaction(_) | Way::Snapshot(_) => self.read(work),
        }
    }

    /// Runs queries that see one state of the database, on the session that they are given.
    pub(crate) fn on_one_state<R>(self, work: impl FnOnce(Session<'_>) -> Result<R>) -> Result<R> {
        match self.way {
            Way::Pool(shared) => {
                // The limits are those of the whole call, not of each query in it.
                let unlimited = Context { timeout: None, cancel: None, ..self.context.clone() };
                shared
                    .read_together(self.context, |connection| work(Session::snapshot(connection, &unlimited)))
            }
            Way::Transaction(_) | Way::Snapshot(_) => work(self),
        }
    }

    /// Runs statements that read.
    #[inline]
    pub(crate) fn read<R>(self, work: impl FnOnce(&Connection) -> Result<R>) -> Result<R> {
        match self.way {
            Way::Pool(shared) => shared.read(self.context, work),
            Way::Transaction(connection) | Way::Snapshot(connection) => {
                transaction::still_open(connection)?;
                within(self.context.limits().as_ref(), connection, work)
            }
        }
    }

    /// Runs one statement that writes.
    #[inline]
    pub(crate) fn write<R>(self, work: impl FnOnce(&Connection) -> Result<R>) -> Result<R> {
        match self.way {
            Way::Pool(shared) => shared.write(self.context, work),
            Way::Transaction(connection) => {
                transaction::still_open(connection)?;
                within(self.context.limits().as_ref(), connection, work)
            }
            Way::Snapshot(_) => Err(written_in_snapshot()),
        }
    }

    /// Runs several calls that write, on the session that they are given; all of them are kept or none.
    pub(crate) fn atomically_on<R>(self, work: impl FnOnce(Session<'_>) -> Result<R>) -> Result<R> {
        // The limits are those of the whole call, not of each statement in it.
        let unlimited = Context { timeout: None, cancel: None, ..self.context.clone() };
        self.atomically(|connection| work(Session::transaction(connection, &unlimited)))
    }

    /// The transaction that this session is of.
    pub(crate) fn with_tx<S: Schema, R>(self, work: impl FnOnce(&Tx<'_, S>) -> Result<R>) -> Result<R> {
        match self.way {
            Way::Transaction(connection) => work(&Tx::new(connection, self.context)),
            Way::Pool(_) | Way::Snapshot(_) => {
                Err(Error::misuse("this session is no transaction that writes"))
            }
        }
    }

    /// Runs one statement that writes. `returning`: it gives rows, and one that cannot be read undoes it; SQLite itself
    /// has changed everything before it gives the first.
    pub(crate) fn write_one<R>(
        self,
        returning: bool,
        work: impl FnOnce(&Connection) -> Result<R>,
    ) -> Result<R> {
        if returning { self.atomically(work) } else { self.write(work) }
    }

    /// Runs several statements that write; all of them are kept or none.
    pub(crate) fn atomically<R>(self, work: impl FnOnce(&Connection) -> Result<R>) -> Result<R> {
        match self.way {
            Way::Pool(shared) => shared.atomically(self.context, work),
            Way::Transaction(connection) => transaction::savepoint(connection, |connection| {
                within(self.context.limits().as_ref(), connection, work)
            }),
            Way::Snapshot(_) => Err(written_in_snapshot()),
        }
    }
}

#[cold]
fn written_in_snapshot() -> Error {
    Error::misuse("writing inside `read_transaction`: use `transaction`; nothing was changed")
}

#[cold]
fn written_while_read(table: &str) -> Error {
    Error::misuse(format!(
        "a `for_each` on this transaction is reading `{table}`, and would read what is written to it, maybe without an end; \
         nothing was changed by this call: read the rows first, by `all`, or page by page"
    ))
}
