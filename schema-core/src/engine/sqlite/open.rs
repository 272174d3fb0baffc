//! Opening connections: flags, settings, and what a person hears when it fails.

use std::{
    fs, io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use rusqlite::{
    OpenFlags,
    backup::{Backup, StepResult},
    config::DbConfig,
};

use super::{Connection, Tracing, stand_in::StandIns};
use crate::{
    error::{Error, Kind, Result},
    function::Functions,
    model::{SchemaDef, SchemaOwner},
};

/// The write-ahead log is cut to this many bytes when it starts anew.
const JOURNAL_SIZE_LIMIT: i64 = 64 * 1024 * 1024;

/// What may be done with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read it.
    Read,
    /// Read and write it.
    Write,
    /// Read and write it, and create it where it is missing.
    Create,
}

/// What every further connection of a handle is opened with.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    owner: SchemaOwner,
    access: Access,
    busy_timeout: Duration,
    created_here: bool,
    tracing: Tracing,
    functions: Functions,
    stand_ins: StandIns,
}

impl Settings {
    /// Opens the first connection of a file and finds out whose it is.
    pub(crate) fn open(
        path: &Path,
        schema: &SchemaDef,
        access: Access,
        busy_timeout: Duration,
        tracing: Tracing,
        functions: Functions,
    ) -> Result<(Connection, Self)> {
        look_at(path, access)?;
        let mut settings = Self {
            owner: schema.owner,
            access,
            busy_timeout,
            created_here: false,
            tracing,
            functions,
            stand_ins: StandIns::default(),
        };
        let connection = settings.connect(path, access)?;
        let named = |error: Error| settings.explain(path, error);
        settings.created_here = is_created_here(&connection).map_err(Error::from).map_err(named)?;
        settings.stand_ins =
            StandIns::find(&connection, schema).map_err(|error| settings.explain(path, error))?;
        if access == Access::Read {
            settings.prepare_reader(&connection).map_err(|error| settings.explain(path, error))?;
        } else {
            settings.prepare_writer(path, &connection).map_err(|error| settings.explain(path, error))?;
        }
        Ok((Connection::new(connection).tracing(tracing), settings))
    }

    /// The only connection of a database in memory, empty or a copy of another.
    pub(crate) fn open_in_memory(
        busy_timeout: Duration,
        tracing: Tracing,
        functions: Functions,
        source: Option<&rusqlite::Connection>,
    ) -> Result<(Connection, Self)> {
        let settings = Self {
            owner: SchemaOwner::Application,
            access: Access::Create,
            busy_timeout,
            created_here: true,
            tracing,
            functions,
            stand_ins: StandIns::default(),
        };
        let mut connection = rusqlite::Connection::open_in_memory_with_flags(flags(Access::Create))?;
        if let Some(source) = source {
            copy_whole(source, &mut connection)?;
        }
        settings.prepare_reader(&connection)?;
        enforce_foreign_keys(&connection)?;
        Ok((Connection::new(connection).tracing(tracing), settings))
    }

    /// A further connection that reads.
    pub(crate) fn open_reader(&self, path: &Path) -> Result<Connection> {
        let connection = self.connect(path, Access::Read)?;
        self.prepare_reader(&connection).map_err(|error| self.explain(path, error))?;
        Ok(Connection::new(connection).tracing(self.tracing))
    }

    /// The writer anew, after the first one was given up.
    pub(crate) fn reopen_writer(&self, path: &Path) -> Result<Connection> {
        let connection = self.connect(path, Access::Write)?;
        self.prepare_writer(path, &connection).map_err(|error| self.explain(path, error))?;
        Ok(Connection::new(connection).tracing(self.tracing))
    }

    /// What the application has registered.
    pub(crate) fn functions(&self) -> &Functions {
        &self.functions
    }

    /// Whether the handle may write.
    pub(crate) fn writes(&self) -> bool {
        self.access != Access::Read
    }

    /// Whether foreign keys are on, for good, on the connection that writes.
    pub(crate) fn enforces_foreign_keys(&self) -> bool {
        self.owner == SchemaOwner::Application && self.writes()
    }

    fn connect(&self, path: &Path, access: Access) -> Result<rusqlite::Connection> {
        rusqlite::Connection::open_with_flags(path, flags(access))
            .map_err(|error| self.explain(path, error.into()))
            .and_then(|connection| {
                connection.busy_timeout(super::statements::whole_milliseconds(self.busy_timeout))?;
                Ok(connection)
            })
    }

    /// Settings that concern the connection alone.
    fn prepare_reader(&self, connection: &rusqlite::Connection) -> Result<()> {
        #[cfg(feature = "rust_decimal")]
        crate::value::decimal::register(connection)?;
        connection.busy_timeout(super::statements::whole_milliseconds(self.busy_timeout))?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        if self.owner == SchemaOwner::Application {
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, !self.created_here)?;
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, !self.created_here)?;
        }
        self.stand_ins.put(connection)?;
        self.functions.register(connection)
    }

    fn prepare_writer(&self, path: &Path, connection: &rusqlite::Connection) -> Result<()> {
        self.prepare_reader(connection)?;
        if connection.is_readonly("main")? {
            return Err(Error::new(
                Kind::ReadOnly,
                format!(
                    "{}: the file may not be written by this user; nothing was changed: \
                     change its permissions, or open it with `OpenOptions::read_only(true)`",
                    path.display()
                ),
            ));
        }
        if self.owner != SchemaOwner::Application {
            return Ok(());
        }
        self.use_write_ahead_log(path, connection)?;
        // Joins the log: only a connection that has it open can remove it when it closes last, which
        // readers may not.
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update_and_check(None, "journal_size_limit", JOURNAL_SIZE_LIMIT, |_| Ok(()))?;
        enforce_foreign_keys(connection)
    }

    fn use_write_ahead_log(&self, path: &Path, connection: &rusqlite::Connection) -> Result<()> {
        let started = Instant::now();
        loop {
            let answer = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
            match answer.map_err(Error::from) {
                Ok(mode) if mode.eq_ignore_ascii_case("wal") => return Ok(()),
                Ok(mode) => {
                    return Err(Error::database(
                        path,
                        format_args!(
                            "the write-ahead log cannot be used here (the journal mode stays `{mode}`): the \
                             file system must support shared memory, which network file systems do not; \
                             nothing was changed"
                        ),
                    ));
                }
                // Two programs that create a database at once: SQLite refuses one of them without waiting.
                Err(error) if error.is_busy() && started.elapsed() < self.busy_timeout => {
                    thread::sleep(Duration::from_millis(5));
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The error with the path, and with what opening can say more than SQLite does.
    #[cold]
    fn explain(&self, path: &Path, error: Error) -> Error {
        use rusqlite::ffi;
        let code = error.sqlite_code().unwrap_or(ffi::SQLITE_OK);
        let hint = match code & 0xff {
            _ if code == ffi::SQLITE_READONLY_ROLLBACK => "",
            ffi::SQLITE_CANTOPEN | ffi::SQLITE_READONLY if self.access == Access::Read => {
                " (a database with a write-ahead log is read with a `-shm` file beside it: \
                 its folder must be writable, or the program that owns it running)"
            }
            ffi::SQLITE_CANTOPEN => {
                "; nothing was changed: check the permissions of the file and of its folder"
            }
            ffi::SQLITE_NOTADB => ": check the path",
            ffi::SQLITE_BUSY => " when the other program has finished",
            _ => "",
        };
        error.context(format_args!("opening {}", path.display())).hint(hint)
    }
}

/// Copies every page at once; nobody else has the copy.
fn copy_whole(source: &rusqlite::Connection, copy: &mut rusqlite::Connection) -> Result<()> {
    match Backup::new(source, copy)?.step(-1)? {
        StepResult::Done => Ok(()),
        _ => Err(Error::new(Kind::Busy, "the database to copy is being written; nothing was copied")),
    }
}

fn flags(access: Access) -> OpenFlags {
    let access = match access {
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Access::Create => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
    };
    // A connection is used by one thread at a time, which the pool and the types see to.
    access | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

/// What the file system says, in words that SQLite's "unable to open database file" has not.
fn look_at(path: &Path, access: Access) -> Result<()> {
    let missing = match fs::metadata(path) {
        Ok(found) if found.is_dir() => {
            return Err(Error::database(
                path,
                "this is a folder; nothing was changed: write the path of the database file",
            ));
        }
        Ok(found) if !found.is_file() => {
            return Err(Error::database(path, "this is no regular file; nothing was changed"));
        }
        Ok(_) => return Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => error,
        Err(error) => {
            return Err(Error::database(
                path,
                format_args!("the file cannot be reached ({error}); nothing was changed"),
            )
            .with_source(error));
        }
    };
    let folder = path.parent().unwrap_or(Path::new("/"));
    let why = if !folder.is_dir() {
        format!(
            "the folder {0} does not exist; nothing was changed: create it (`mkdir -p {0}`) or check the path",
            folder.display()
        )
    } else if access == Access::Create {
        return Ok(());
    } else {
        "there is no such file; nothing was changed: check the path".to_owned()
    };
    Err(Error::database(path, why).with_source(missing))
}

/// Whether the framework created the database: it is empty, or its history begins with no baseline.
fn is_created_here(connection: &rusqlite::Connection) -> rusqlite::Result<bool> {
    let (objects, history): (i64, i64) = connection.query_row(
        "SELECT count(*), count(*) FILTER (WHERE type = 'table' AND name = '_schema_migrations') \
         FROM sqlite_schema",
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if objects == 0 {
        return Ok(true);
    }
    if history == 0 {
        return Ok(false);
    }
    // A table of that name with other columns is not ours.
    Ok(connection
        .query_row(
            "SELECT count(*) > 0 AND count(*) FILTER (WHERE kind = 'baseline') = 0 FROM _schema_migrations",
            [],
            |row| row.get(0),
        )
        .unwrap_or(false))
}

/// Turns foreign keys on and makes sure that they are: SQLite ignores the pragma where it was built
/// without them.
fn enforce_foreign_keys(connection: &rusqlite::Connection) -> Result<()> {
    connection.pragma_update(None, "foreign_keys", true)?;
    let on: bool = connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
    if on {
        Ok(())
    } else {
        Err(Error::new(
            Kind::Engine,
            "this build of SQLite does not enforce foreign keys; nothing was changed",
        ))
    }
}
