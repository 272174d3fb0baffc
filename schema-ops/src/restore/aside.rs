use std::fs::{self, OpenOptions};
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;
use time::macros::format_description;

use super::holders::{beside, holders, told};
use crate::{Error, ErrorKind, Result};

/// What belongs to a database file, in the order in which it is moved: the log first, so that it is never
/// beside another file than its own.
const PARTS: [&str; 4] = ["-journal", "-wal", "-shm", ""];

/// A database that could not be read, moved out of the way together with its logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where the database file is now, or would be where only logs were left of it.
    pub path: PathBuf,
    moved: Vec<(PathBuf, PathBuf)>,
}

impl SetAside {
    /// Moves the file and its logs out of the way, once it is proven that nobody has them open. `None`
    /// where there is nothing to move.
    pub(super) fn move_away(database: &Path) -> Result<Option<Self>> {
        if PARTS.iter().all(|part| !beside(database, part).exists()) {
            return Ok(None);
        }
        let _locks = alone(database)?;
        let unmovable = |error: std::io::Error| {
            Error::new(ErrorKind::Preflight, format!("{} cannot be moved out of the way", database.display()))
                .why(error.to_string())
                .state("nothing was changed")
                .next("see that this user may write to its folder")
        };
        let mut aside = Self { path: free_name(database).map_err(unmovable)?, moved: Vec::new() };
        for part in PARTS {
            let (from, to) = (beside(database, part), beside(&aside.path, part));
            if !from.try_exists().map_err(unmovable)? {
                continue;
            }
            if let Err(error) = fs::rename(&from, &to) {
                aside.put_back();
                return Err(unmovable(error));
            }
            aside.moved.push((from, to));
        }
        Ok(Some(aside))
    }

    /// Makes a new file for the database, for whom the old one was: whoever might not read that one may not
    /// read this one either. Where there was none, only its owner may.
    ///
    /// Says what could not be given to it.
    pub(super) fn make_again(aside: Option<&Self>, database: &Path) -> std::io::Result<Option<String>> {
        let file = crate::durable::create_private(database)?;
        let old = aside.and_then(|aside| fs::metadata(&aside.path).ok());
        match old {
            #[cfg(unix)]
            Some(old) => give(&file, &old),
            _ => {
                drop(file);
                Ok(None)
            }
        }
    }

    /// Puts everything back where it was, after a restore that failed.
    pub(super) fn put_back(&self) {
        for (from, to) in self.moved.iter().rev() {
            // What cannot be put back stays where it is; its place was told.
            drop(fs::rename(to, from));
        }
    }
}

/// Gives a file the owner and the permissions of another one. Only root may give files away.
#[cfg(unix)]
fn give(file: &fs::File, old: &fs::Metadata) -> std::io::Result<Option<String>> {
    use std::os::unix::fs::{MetadataExt as _, fchown};
    let new = file.metadata()?;
    let is_given = (new.uid(), new.gid()) == (old.uid(), old.gid())
        || fchown(file, Some(old.uid()), Some(old.gid())).is_ok();
    // What a group might do is for its own group alone.
    let mode = if is_given { old.mode() & 0o777 } else { old.mode() & 0o700 };
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    Ok((!is_given).then(|| {
        format!("the database belongs to this user now, and belonged to {}:{} before", old.uid(), old.gid())
    }))
}

/// Proves that no other program has the database open, as far as the system can tell, and keeps others out
/// until the result is dropped: SQLite's own locks are on ranges of these files.
fn alone(database: &Path) -> Result<Vec<fs::File>> {
    let held = |who: &[String]| {
        Error::new(ErrorKind::Locked, format!("{} cannot be moved out of the way", database.display()))
            .why(told(who))
            .state("nothing was changed")
            .next("stop that program, then run the command again")
    };
    let who = holders(database);
    if !who.is_empty() {
        return Err(held(&who));
    }
    let mut locks = Vec::new();
    for part in ["", "-shm"] {
        // This program has closed its connections: closing the file later drops no lock of its own.
        let file = match OpenOptions::new().read(true).write(true).open(beside(database, part)) {
            Err(error) if error.kind() == IoErrorKind::NotFound => continue,
            Err(error) => return Err(held(&[]).why(format!("whether it is in use cannot be told: {error}"))),
            Ok(file) => file,
        };
        #[cfg(unix)]
        if rustix::fs::fcntl_lock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_err() {
            return Err(held(&[]));
        }
        locks.push(file);
    }
    Ok(locks)
}

/// `tome.db.damaged-20251127T143055Z`
fn free_name(database: &Path) -> std::io::Result<PathBuf> {
    let instant = OffsetDateTime::now_utc()
        .format(format_description!("[year][month][day]T[hour][minute][second]Z"))
        .map_err(std::io::Error::other)?;
    for number in 1.. {
        let again = if number == 1 { String::new() } else { format!("_{number}") };
        let path = beside(database, &format!(".damaged-{instant}{again}"));
        if PARTS.iter().all(|part| !beside(&path, part).exists()) {
            return Ok(path);
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}
