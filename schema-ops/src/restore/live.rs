use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use schema_core::rusqlite::config::DbConfig;
use schema_core::rusqlite::{self, Connection, ErrorCode, OpenFlags};

use super::holders::{holders, told};
use crate::{Error, ErrorKind, Result, explain};

/// How the database stands before it is restored.
#[derive(Debug)]
pub(super) enum Live {
    /// There is no file, or one without a byte, and no log beside it.
    Missing,
    /// It can be read.
    Open(Connection),
    /// It is damaged, encrypted or no database: what SQLite said.
    Unreadable(String),
}

/// Opens the database for writing, and makes none.
pub(super) fn open(database: &Path) -> Result<Live> {
    let is_empty = std::fs::metadata(database).map_or(true, |file| file.len() == 0);
    if is_empty {
        return Ok(Live::Missing);
    }
    match connect(database) {
        Ok(connection) => Ok(Live::Open(connection)),
        Err(error) if is_damage(&error) => Ok(Live::Unreadable(error.to_string())),
        Err(error) => Err(explain(database, error)),
    }
}

pub(super) fn connect(database: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    // Waiting is done here, where it can be told who is waited for.
    connection.busy_timeout(Duration::ZERO)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, true)?;
    connection.query_row("SELECT count(*) FROM main.sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

/// Time for which others are waited for. It does not run while the work goes on.
#[derive(Debug)]
pub(super) struct Patience {
    left: Duration,
}

impl Patience {
    pub(super) fn new(wait: Duration) -> Self {
        Self { left: wait }
    }

    /// Waits a little for whoever holds the database.
    pub(super) fn wait(&mut self, database: &Path) -> Result<()> {
        if self.left.is_zero() {
            return Err(busy(database));
        }
        let begun = Instant::now();
        thread::sleep(Duration::from_millis(20).min(self.left));
        self.left = self.left.saturating_sub(begun.elapsed());
        Ok(())
    }

    /// Tries something again as long as the database is busy.
    pub(super) fn retry<T>(
        &mut self,
        database: &Path,
        mut work: impl FnMut() -> rusqlite::Result<T>,
    ) -> Result<T> {
        loop {
            match work() {
                Err(error) if is_busy(&error) => self.wait(database)?,
                done => return done.map_err(|error| explain(database, error)),
            }
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

fn busy(database: &Path) -> Error {
    Error::new(ErrorKind::Locked, format!("the database {} is in use", database.display()))
        .why(format!("{}, and did not let go of it in time", told(&holders(database))))
        .state("nothing was changed")
        .next("let it finish, or stop it, then run the command again")
}
