use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind as IoErrorKind};
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::name::BackupName;

const ENDING: &str = ".partial";
const LOCK: &str = "lock";

/// A hidden folder in which a backup is made, in the folder where it will stand, so that a rename
/// puts it there. It reserves the name, and goes when it is dropped.
///
/// A lock on a file in it is held all the while. The operating system takes it back when the process
/// ends, however it ends: a folder whose lock is free was abandoned.
#[derive(Debug)]
pub(crate) struct Partial {
    folder: PathBuf,
    _lock: File,
}

impl Partial {
    /// Reserves the first free name for a backup of the database at this instant.
    pub(crate) fn reserve(
        place: &Path,
        database: &Path,
        now: OffsetDateTime,
    ) -> io::Result<(Self, BackupName)> {
        Self::reserve_where(place, database, now, |_| true)
    }

    /// The same, of the names that are free elsewhere too.
    pub(crate) fn reserve_where(
        place: &Path,
        database: &Path,
        now: OffsetDateTime,
        is_free: impl Fn(&BackupName) -> bool,
    ) -> io::Result<(Self, BackupName)> {
        for number in 1..=u32::MAX {
            let name = BackupName::new(database, now, number);
            if !is_free(&name) {
                continue;
            }
            if let Some(partial) = Self::of(place, &name)? {
                return Ok((partial, name));
            }
        }
        Err(IoErrorKind::AlreadyExists.into())
    }

    /// Reserves this name; `None` where it is taken.
    pub(crate) fn of(place: &Path, name: &BackupName) -> io::Result<Option<Self>> {
        let folder = place.join(format!(".{name}{ENDING}"));
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        match builder.create(&folder) {
            Err(error) if error.kind() == IoErrorKind::AlreadyExists => return Ok(None),
            made => made?,
        }
        // Between here and the lock another program may take the folder for abandoned.
        let Some(lock) = lock(&folder)? else { return Ok(None) };
        let partial = Self { folder, _lock: lock };
        let is_free = !name.packed(place).try_exists()? && !name.manifest(place).try_exists()?;
        Ok((is_free && partial.file(LOCK).try_exists()?).then_some(partial))
    }

    /// A path in it.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // What cannot be removed is removed before the next backup, when the lock is free.
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn lock(folder: &Path) -> io::Result<Option<File>> {
    let opened = OpenOptions::new().write(true).create(true).truncate(false).open(folder.join(LOCK));
    let file = match opened {
        Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Takes away what stopped programs have left half-made.
pub(crate) fn remove_abandoned(place: &Path) -> io::Result<()> {
    for entry in fs::read_dir(place)? {
        let path = entry?.path();
        if !is_partial(&path) || !path.is_dir() {
            continue;
        }
        if let Some(_held) = lock(&path)? {
            match fs::remove_dir_all(&path) {
                // Somebody else was faster.
                Err(error) if error.kind() == IoErrorKind::NotFound => {}
                removed => removed?,
            }
        }
    }
    Ok(())
}

fn is_partial(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.strip_prefix('.')
        .and_then(|name| name.strip_suffix(ENDING))
        .is_some_and(|name| BackupName::read(name).is_some())
}
