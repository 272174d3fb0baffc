use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use schema_core::rusqlite::backup::{Backup, StepResult};
use schema_core::rusqlite::{self, Connection, OpenFlags};
use time::OffsetDateTime;

use crate::files::{Revision, flush_folder};
use crate::{Error, ErrorKind, Result};

/// Pages copied at a time: 4 MiB at the usual page size.
const PAGES_A_STEP: i32 = 1024;

/// A copy of a database that was read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupCopy {
    /// The copy.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// Copies the database into the folder, as one file that is whole and checked, or not there.
pub(crate) fn backup(source: &Connection, database: &Path, folder: &Path) -> Result<BackupCopy> {
    let refused = |why: String| {
        Error::new(ErrorKind::Preflight, format!("no backup could be taken into {}", folder.display()))
            .why(why)
            .state("nothing was changed")
            .next("see that the folder can be written to and the disk has room, or run with --no-backup")
    };
    let io = |error: std::io::Error| refused(error.to_string());
    fs::create_dir_all(folder).map_err(io)?;
    remove_abandoned(folder).map_err(io)?;
    let path = free_path(database, folder).map_err(io)?;
    let partial = path.with_extension("db.partial");
    let copied =
        copy(source, &partial).map_err(|error| refused(error.to_string())).and_then(|()| verify(&partial));
    let finished = copied.and_then(|()| {
        let bytes = fs::metadata(&partial).map_err(io)?.len();
        File::open(&partial).and_then(|file| file.sync_all()).map_err(io)?;
        fs::rename(&partial, &path).map_err(io)?;
        flush_folder(folder).map_err(io)?;
        Ok(BackupCopy { path: path.clone(), bytes })
    });
    if finished.is_err() {
        for suffix in ["", "-journal"] {
            let mut name = partial.clone().into_os_string();
            name.push(suffix);
            drop(fs::remove_file(name));
        }
    }
    finished
}

/// How long after its last write a half-made copy counts as left by a program that was stopped.
const ABANDONED: Duration = Duration::from_secs(600);

/// Takes away the half-made copies of programs that were stopped.
fn remove_abandoned(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_ours = name.ends_with(".db.partial") || name.ends_with(".db.partial-journal");
        let age = entry.metadata()?.modified()?.elapsed().unwrap_or_default();
        if is_ours && age > ABANDONED {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// A name that sorts by time and that nothing has yet: `app_20251127T143055Z.db`.
fn free_path(database: &Path, folder: &Path) -> std::io::Result<PathBuf> {
    let stem =
        database.file_stem().map_or_else(|| "database".into(), |stem| stem.to_string_lossy().into_owned());
    let now = Revision::at(OffsetDateTime::now_utc(), "backup");
    let (day, clock) = now.instant().split_at(8);
    for number in 1.. {
        let suffix = if number == 1 { String::new() } else { format!("_{number}") };
        let path = folder.join(format!("{stem}_{day}T{clock}Z{suffix}.db"));
        if !path.try_exists()? && !path.with_extension("db.partial").try_exists()? {
            return Ok(path);
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

fn copy(source: &Connection, partial: &Path) -> rusqlite::Result<()> {
    // Made with tight permissions before SQLite fills it.
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    drop(options.open(partial).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?);
    let mut target = Connection::open(partial)?;
    let backup = Backup::new(source, &mut target)?;
    loop {
        match backup.step(PAGES_A_STEP)? {
            StepResult::Done => break,
            StepResult::More => {}
            _ => {
                return Err(rusqlite::Error::SqliteFailure(
                    rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY),
                    None,
                ));
            }
        }
    }
    drop(backup);
    // A copy is one file: without this it would carry the write-ahead mode of its source.
    target.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    target.close().map_err(|(_, error)| error)
}

fn verify(partial: &Path) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(partial, flags)?;
    match super::integrity::integrity(&connection)?.faults {
        None => Ok(()),
        Some(fault) => Err(Error::new(ErrorKind::Verification, "the backup is not intact")
            .why(fault)
            .state("nothing was changed")
            .next("see that the disk is sound, then run the command again")),
    }
}
