use schema_core::rusqlite::Connection;
use schema_core::rusqlite::backup::{Backup, StepResult};

use super::{ClearedTable, Tables, clearable};
use crate::files::Folder;
use crate::recorded::recorded;
use crate::run::{Lock, Observer, Report, Target, check_writable, open};
use crate::{Error, ErrorKind, Result};

/// What was in a database that was emptied.
#[derive(Clone, Debug, Default)]
pub struct Reset {
    /// The tables, and how many rows each had.
    pub tables: Vec<ClearedTable>,
    /// The backup that was taken before.
    pub report: Report,
}

/// Takes everything out of a database, its history too, in one transaction of SQLite's own: an empty
/// database is written over it page by page. The file stays where it is, so programs that have it open
/// see an empty database and never a file that is gone. A database that is not there stays so.
///
/// The files are tried on a scratch database first: what cannot be built again is not taken down.
///
/// # Errors
/// The files do not build a database, another program writes or migrates, the backup fails. Nothing was
/// changed then.
pub fn reset(target: &Target, backup: bool, observer: &mut dyn Observer) -> Result<Reset> {
    recorded(Folder::read(&target.files)?.migrations())?;
    let mut reset = Reset::default();
    if std::fs::metadata(&target.database).map_or(true, |file| file.len() == 0) {
        return Ok(reset);
    }
    check_writable(&target.database, false)?;
    let _lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    reset.tables = clearable(target, Tables::AllBut(&[]))?;
    let mut connection = open(&target.database, false, target.wait)?;
    if backup {
        reset.report.take_backup(&connection, target, observer)?;
    }
    overwrite(&mut connection, target)?;
    Ok(reset)
}

fn overwrite(connection: &mut Connection, target: &Target) -> Result<()> {
    let failed = |error| Error::sqlite("empty the database", error).state("nothing was changed");
    // A database in write-ahead mode keeps its page size whatever is written over it.
    let size: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0)).map_err(failed)?;
    let empty = Connection::open_in_memory().map_err(failed)?;
    empty.execute_batch(&format!("PRAGMA page_size = {size}; VACUUM")).map_err(failed)?;
    let copied = Backup::new(&empty, connection).and_then(|backup| {
        let begun = std::time::Instant::now();
        loop {
            match backup.step(-1)? {
                StepResult::Done => return Ok(true),
                _ if begun.elapsed() >= target.wait => return Ok(false),
                _ => std::thread::sleep(std::time::Duration::from_millis(5)),
            }
        }
    });
    if copied.map_err(failed)? {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Locked, "another program is writing to the database")
        .why(format!("{} was held for longer than {:?}", target.database.display(), target.wait))
        .state("nothing was changed")
        .next("let it finish, or stop it, then run the command again"))
}
