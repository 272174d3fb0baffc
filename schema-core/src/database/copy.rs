use std::{ffi::OsString, fs, io, path::Path, thread, time::Duration};

use rusqlite::backup::{Backup, StepResult};

use super::{deadline::Deadline, shared::Shared};
use crate::{
    engine::sqlite::Connection,
    error::{Error, Kind, Result},
};

/// Pages between two calls of the progress callback: 4 MiB at the usual page size.
const PAGES_A_STEP: i32 = 1024;

/// How far a copy has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Pages copied.
    pub done: u64,
    /// Pages of the database.
    pub total: u64,
}

/// Copies one state of the database into a file that must not exist.
pub(super) fn copy(shared: &Shared, target: &Path, progress: impl FnMut(Progress)) -> Result<()> {
    match fs::symlink_metadata(target) {
        Ok(_) => {
            return Err(Error::database(
                target,
                "it exists already; nothing was copied: choose another name, or remove it",
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot_write(target, error)),
    }
    // Under its final name only when it is whole.
    let partial = with_suffix(target, ".partial");
    remove_leftovers(&partial).map_err(|error| cannot_write(&partial, error))?;
    let copied = shared
        .on_one_snapshot(None, |source| fill(source, &partial, shared.wait, progress))
        .and_then(|()| fs::rename(&partial, target).map_err(|error| cannot_write(target, error)));
    if copied.is_err() {
        // The copy is closed; what cannot be removed is removed before the next one.
        let _ = remove_leftovers(&partial);
    }
    copied
}

fn fill(
    source: &Connection,
    partial: &Path,
    wait: Duration,
    mut progress: impl FnMut(Progress),
) -> Result<()> {
    let named =
        |error: rusqlite::Error| Error::from(error).context(format_args!("copying to {}", partial.display()));
    let mut copy = rusqlite::Connection::open(partial).map_err(named)?;
    let deadline = Deadline::after(wait);
    let backup = Backup::new(source.raw(), &mut copy).map_err(named)?;
    loop {
        let step = backup.step(PAGES_A_STEP).map_err(named)?;
        let pages = backup.progress();
        let count = |pages: i32| u64::try_from(pages).unwrap_or(0);
        progress(Progress {
            done: count(pages.pagecount) - count(pages.remaining).min(count(pages.pagecount)),
            total: count(pages.pagecount),
        });
        if step == StepResult::Done {
            break;
        }
        if step != StepResult::More {
            // Something else, a virus scanner for one, has the new file open.
            if deadline.has_passed() {
                return Err(Error::new(
                    Kind::Busy,
                    "the copy is held open by another program; nothing was copied",
                ));
            }
            thread::sleep(Duration::from_millis(5).min(deadline.left()));
        }
    }
    drop(backup);
    // A copy is one file: without this it would carry the write-ahead mode of its source.
    let mode: String = copy.query_row("PRAGMA journal_mode = DELETE", [], |row| row.get(0)).map_err(named)?;
    copy.close().map_err(|(_, error)| named(error))?;
    if mode == "delete" { Ok(()) } else { Err(Error::database(partial, "the copy keeps a write-ahead log")) }
}

fn with_suffix(path: &Path, suffix: &str) -> std::path::PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}

/// Removes an unfinished copy. Nobody has it open.
fn remove_leftovers(partial: &Path) -> io::Result<()> {
    for suffix in ["", "-journal", "-wal", "-shm"] {
        match fs::remove_file(with_suffix(partial, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn cannot_write(path: &Path, error: io::Error) -> Error {
    Error::database(path, format_args!("the copy cannot be written ({error}); nothing was copied"))
        .with_source(error)
}
