use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use schema_core::rusqlite::backup::{Backup, StepResult};
use schema_core::rusqlite::config::DbConfig;
use schema_core::rusqlite::{self, Connection, OpenFlags};

use super::progress::{Progress, Watch};
use crate::durable::create_private;
use crate::{Error, ErrorKind, Result, explain};

/// Pages copied at a time: 4 MiB at the usual page size.
pub(crate) const PAGES_A_STEP: i32 = 1024;

/// How long a copy that something else has opened, such as a virus scanner, is tried.
const PATIENCE: Duration = Duration::from_secs(5);

/// Copies a database into a new file through SQLite, so that what stands in its log is in the copy.
/// The copy is one state of the database, whatever is written meanwhile, and only its owner may read it.
///
/// # Errors
/// The file is there already, cannot be written, or the database cannot be read.
pub fn copy(source: &Connection, into: &Path, watch: &mut Watch<'_>) -> Result<()> {
    drop(create_private(into).map_err(|error| {
        Error::failed(format!("{} cannot be made", into.display()))
            .why(error.to_string())
            .state("nothing was changed")
    })?);
    let source_path = source.path().unwrap_or("the database").to_owned();
    let named = |error| explain(Path::new(&source_path), error);
    // Without a transaction every write of somebody else would begin the copy anew.
    let snapshot =
        source.is_autocommit().then(|| source.unchecked_transaction()).transpose().map_err(named)?;
    source.query_row("SELECT count(*) FROM main.sqlite_schema", [], |_| Ok(())).map_err(named)?;
    fill(source, into, watch)?;
    match snapshot {
        Some(snapshot) => snapshot.rollback().map_err(named),
        None => Ok(()),
    }
}

fn fill(source: &Connection, into: &Path, watch: &mut Watch<'_>) -> Result<()> {
    let named = |error| explain(into, error);
    let mut target = Connection::open(into).map_err(named)?;
    let backup = Backup::new(source, &mut target).map_err(named)?;
    let mut since = Instant::now();
    loop {
        let step = backup.step(PAGES_A_STEP).map_err(named)?;
        let pages = backup.progress();
        watch(Progress {
            what: "copying the database",
            done: pages_of(pages.pagecount.saturating_sub(pages.remaining)),
            total: pages_of(pages.pagecount),
        })?;
        match step {
            StepResult::Done => break,
            StepResult::More => since = Instant::now(),
            _ if since.elapsed() > PATIENCE => {
                return Err(Error::new(ErrorKind::Locked, "another program holds the new copy")
                    .why(format!("{} is locked", into.display()))
                    .state("nothing was changed")
                    .next("see what opens files in that folder, then run the command again"));
            }
            _ => thread::sleep(Duration::from_millis(5)),
        }
    }
    drop(backup);
    // A copy is one file: without this it would carry the write-ahead mode of its source.
    let mode: String =
        target.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(named)?;
    if mode != "delete" {
        return Err(
            Error::failed("the copy keeps a log beside it").why(format!("its journal mode is {mode}"))
        );
    }
    target.close().map_err(|(_, error)| named(error))
}

pub(crate) fn pages_of(pages: i32) -> u64 {
    u64::try_from(pages).unwrap_or(0)
}

/// Opens a copy that this program has made.
pub(crate) fn open_copy(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = || -> rusqlite::Result<Connection> {
        let connection = Connection::open_with_flags(path, flags)?;
        // Old texts may hold strings in double quotes.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, true)?;
        Ok(connection)
    };
    opened().map_err(|error| explain(path, error))
}
