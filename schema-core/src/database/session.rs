use super::{shared::Shared, transaction};
use crate::{
    engine::sqlite::Connection,
    error::{Error, Result},
};

/// The connection that statements run on: a handle's pool, or the connection of a transaction.
#[derive(Clone, Copy, Debug)]
pub struct Session<'h>(Way<'h>);

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
    pub(super) fn pool(shared: &'h Shared) -> Self {
        Self(Way::Pool(shared))
    }

    pub(super) fn transaction(connection: &'h Connection) -> Self {
        Self(Way::Transaction(connection))
    }

    pub(super) fn snapshot(connection: &'h Connection) -> Self {
        Self(Way::Snapshot(connection))
    }

    /// Runs statements that read.
    #[inline]
    pub(crate) fn read<R>(self, work: impl FnOnce(&Connection) -> Result<R>) -> Result<R> {
        match self.0 {
            Way::Pool(shared) => shared.read(work),
            Way::Transaction(connection) | Way::Snapshot(connection) => {
                transaction::still_open(connection)?;
                work(connection)
            }
        }
    }

    /// Runs one statement that writes.
    #[inline]
    pub(crate) fn write<R>(self, work: impl FnOnce(&Connection) -> Result<R>) -> Result<R> {
        match self.0 {
            Way::Pool(shared) => shared.write(work),
            Way::Transaction(connection) => {
                transaction::still_open(connection)?;
                work(connection)
            }
            Way::Snapshot(_) => Err(written_in_snapshot()),
        }
    }

    /// Runs several statements that write; all of them are kept or none.
    pub(crate) fn atomically<R>(self, work: impl FnOnce(&Connection) -> Result<R>) -> Result<R> {
        match self.0 {
            Way::Pool(shared) => shared.atomically(work),
            Way::Transaction(connection) => transaction::savepoint(connection, work),
            Way::Snapshot(_) => Err(written_in_snapshot()),
        }
    }
}

#[cold]
fn written_in_snapshot() -> Error {
    Error::misuse("writing inside `read_transaction`: use `transaction`; nothing was changed")
}
