use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::Path;
use std::time::Duration;

use schema_core::private::writes_on_this_thread;
use schema_core::rusqlite::config::DbConfig;
use schema_core::rusqlite::{self, Connection, OpenFlags, Transaction};
pub(crate) use schema_ops::explain;
pub(super) use schema_ops::read_only;
use schema_ops::restore::BUILD_IT;

use super::target::with_suffix;
use crate::{Error, ErrorKind, Next, Result};

/// Opens an existing database for the work of the runner, or says what keeps it from being one.
/// With `create`, a file that is missing or empty becomes a database.
///
/// Settings are those of the engine's own work: what the application's own connections forbid,
/// such as double-quoted strings in old texts, is left on.
pub fn open(database: &Path, create: bool, wait: Duration) -> Result<Connection> {
    check_file(database, create, true)?;
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = connect(database, flags, wait)?;
    if connection.is_readonly("main").unwrap_or(false) {
        return Err(read_only(database, "SQLite could open it for reading only"));
    }
    Ok(connection)
}

/// Opens an existing database for reading.
pub fn open_read_only(database: &Path, wait: Duration) -> Result<Connection> {
    check_file(database, false, false)?;
    connect(database, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX, wait)
}

/// Lets everything that follows read the database as it is now, until the answer is dropped.
pub(super) fn snapshot(connection: &Connection) -> Result<Transaction<'_>> {
    let told = |error| Error::sqlite("read the schema", error);
    let moment = connection.unchecked_transaction().map_err(told)?;
    // A transaction begins with its first read.
    moment.query_row("SELECT count(*) FROM main.sqlite_schema", [], |_| Ok(())).map_err(told)?;
    Ok(moment)
}

/// Whether the runner could make or write the file, seen before the lock file is made beside it.
pub(crate) fn check_writable(database: &Path, create: bool) -> Result<()> {
    check_file(database, create, true)
}

pub(super) fn check_file(database: &Path, create: bool, write: bool) -> Result<()> {
    let shown = database.display();
    if write && writes_on_this_thread(database) {
        return Err(Error::usage(format!("this thread is writing to {shown} itself"))
            .why("it is inside a transaction or a write of an open `Db`, and would wait for itself for ever")
            .state("nothing was changed")
            .next("call it before the transaction, or after it"));
    }
    let failed = |what: String, why: &str| {
        Error::new(ErrorKind::Preflight, what).why(why).state("nothing was changed")
    };
    let found = fs::metadata(database);
    if create && found.as_ref().map_or(true, |file| file.len() == 0) {
        orphaned_log(database)?;
    }
    match found {
        Ok(file) if file.is_dir() => {
            Err(failed(format!("{shown} is a folder"), "the database is a file").next("correct the url"))
        }
        Ok(file) if file.len() == 0 && !create => Err(failed(
            format!("the database {shown} is empty"),
            "the file has no byte: nothing was ever stored in it",
        )
        .with_damaged(database)
        .next(BUILD_IT)),
        Ok(file) if write && file.permissions().readonly() => {
            Err(read_only(database, "the file's permissions forbid it"))
        }
        Ok(_) => Ok(()),
        Err(error) if error.kind() == IoErrorKind::NotFound && create => {
            let folder = database.parent().filter(|folder| !folder.as_os_str().is_empty());
            match folder {
                Some(folder) if !folder.is_dir() => {
                    Err(failed(format!("the database {shown} cannot be made"), "its folder is not there")
                        .next(Next::new("mkdir -p ").word(folder.display()).own(", or correct the url")))
                }
                _ => Ok(()),
            }
        }
        Err(error) if error.kind() == IoErrorKind::NotFound => {
            Err(failed(format!("the database {shown} is not there"), &error.to_string())
                .with_damaged(database)
                .next(BUILD_IT))
        }
        Err(error) => Err(failed(format!("the database {shown} cannot be opened"), &error.to_string())
            .next("see that this user may read the file and its folder")),
    }
}

/// Refuses to make a database beside the log of one that is gone: SQLite would delete the log, and with it
/// the last that was committed.
fn orphaned_log(database: &Path) -> Result<()> {
    const HEADER: u64 = 32;
    let log = with_suffix(database, "-wal");
    match fs::metadata(&log) {
        Ok(file) if file.len() > HEADER => {}
        _ => return Ok(()),
    }
    let (shown, log) = (database.display(), log.display());
    Err(Error::new(ErrorKind::Preflight, format!("{log} is the log of a database that is not there"))
        .why(format!("it may hold the last rows of {shown}, and making a new one would delete it"))
        .state("nothing was changed")
        .next(Next::new("put the database back as ").value(shown).own(", which takes the log up again"))
        .next("db-restore 1 (the newest backup; the log is moved aside)")
        .next(Next::new("or move the log aside: mv ").word(&log).own(" ").word(format!("{log}.old"))))
}

fn connect(database: &Path, flags: OpenFlags, wait: Duration) -> Result<Connection> {
    let connection =
        Connection::open_with_flags(database, flags).map_err(|error| explain(database, error))?;
    configure(&connection, wait).map_err(|error| explain(database, error))?;
    Ok(connection)
}

fn configure(connection: &Connection, wait: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(wait)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, false)?;
    // The first read of the file: whether it is a database at all shows here.
    connection.query_row("SELECT count(*) FROM main.sqlite_schema", [], |_| Ok(()))
}
