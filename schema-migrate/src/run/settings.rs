use schema_core::rusqlite::Connection;

use crate::{Error, Result};

/// The settings of a connection that a migration changes, put back when this is dropped, on every
/// path: neither of them is undone by ROLLBACK.
#[derive(Debug)]
pub(crate) struct Settings<'a> {
    connection: &'a Connection,
    foreign_keys: bool,
}

impl<'a> Settings<'a> {
    /// Switches foreign keys, before BEGIN: inside a transaction the pragma is silently ignored. It
    /// is read back to be sure. <https://sqlite.org/pragma.html#pragma_foreign_keys>
    pub(crate) fn switch(connection: &'a Connection, foreign_keys_off: bool) -> Result<Self> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(connection: &Connection, name: &str) -> bool {
        connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).unwrap()
    }

    #[test]
    fn whatever_happens_in_between_the_settings_are_what_they_were() {
        for foreign_keys_before in [true, false] {
            let connection = Connection::open_in_memory().unwrap();
            set(&connection, foreign_keys_before).unwrap();
            for off in [true, false] {
                let settings = Settings::switch(&connection, off).unwrap();
                assert_eq!(setting(&connection, "foreign_keys"), !off);
                connection
                    .execute_batch("BEGIN; PRAGMA legacy_alter_table=ON; CREATE TABLE half(a)")
                    .unwrap();
                drop(settings);
                assert!(connection.is_autocommit());
                assert!(!setting(&connection, "legacy_alter_table"));
                assert_eq!(setting(&connection, "foreign_keys"), foreign_keys_before);
                connection.query_row("SELECT 1 FROM half", [], |_| Ok(())).unwrap_err();
            }
        }
    }

    #[test]
    fn inside_an_open_transaction_nothing_is_begun() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("BEGIN; CREATE TABLE mine(a)").unwrap();
        let error = Settings::switch(&connection, true).unwrap_err();
        assert_eq!(error.data_state(), Some("nothing was changed"));
        connection.execute_batch("COMMIT").unwrap();
        connection.query_row("SELECT count(*) FROM mine", [], |_| Ok(())).unwrap();
    }
}
