use schema_core::rusqlite::Connection;

use crate::{Error, Result};

/// The settings of a connection that a migration changes, put back when this is dropped, on every
/// path: neither of them is undone by ROLLBACK.
#[derive(Debug)]
pub(super) struct Settings<'a> {
    connection: &'a Connection,
    foreign_keys: bool,
}

impl<'a> Settings<'a> {
    /// Switches foreign keys, before BEGIN: inside a transaction the pragma is silently ignored. It
    /// is read back to be sure. <https://sqlite.org/pragma.html#pragma_foreign_keys>
    pub(super) fn switch(connection: &'a Connection, foreign_keys_off: bool) -> Result<Self> {
        if !connection.is_autocommit() {
            return Err(Error::failed("a transaction is open on this connection")
                .why("foreign keys can be switched only outside of one")
                .state("nothing was changed")
                .next("commit or roll back first"));
        }
        let settings = Self { connection, foreign_keys: foreign_keys(connection)? };
        set(connection, !foreign_keys_off)?;
        if foreign_keys(connection)? == foreign_keys_off {
            return Err(Error::failed("SQLite does not let foreign keys be switched")
                .why("this build or connection ignores PRAGMA foreign_keys")
                .state("nothing was changed"));
        }
        Ok(settings)
    }
}

impl Drop for Settings<'_> {
    fn drop(&mut self) {
        if !self.connection.is_autocommit() {
            drop(self.connection.execute_batch("ROLLBACK"));
        }
        drop(self.connection.execute_batch("PRAGMA legacy_alter_table=OFF"));
        drop(set(self.connection, self.foreign_keys));
    }
}

fn foreign_keys(connection: &Connection) -> Result<bool> {
    connection
        .query_row("PRAGMA foreign_keys", [], |row| row.get(0))
        .map_err(|error| Error::sqlite("read whether foreign keys are on", error))
}

fn set(connection: &Connection, on: bool) -> Result<()> {
    connection
        .execute_batch(if on { "PRAGMA foreign_keys=ON" } else { "PRAGMA foreign_keys=OFF" })
        .map_err(|error| Error::sqlite("switch foreign keys", error))
}
