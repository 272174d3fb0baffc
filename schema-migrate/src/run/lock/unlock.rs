use std::fs;
use std::path::{Path, PathBuf};

use super::holder::Holder;
use super::seen::{Says, Seen};
use super::take::{Settled, settle, taken, try_lock, unusable};
use crate::Result;
use crate::run::observer::Observer;
use crate::run::target::{holder_file, lock_file};

/// What a holder that is gone has left; in a dry run, what would be cleared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlocked {
    /// The holder's file.
    pub file: PathBuf,
    /// Who that was, where the file says so.
    pub holder: Option<Holder>,
}

/// Clears what a dead holder of the lock has left behind. `None` where nothing is: a holder that died
/// on this machine keeps nobody out, and a run that follows clears what it left by itself.
///
/// Fails where the holder lives, whatever it does and however long.
pub fn unlock(database: &Path, dry_run: bool, observer: &mut dyn Observer) -> Result<Option<Unlocked>> {
    let (path, file) = (lock_file(database), holder_file(database));
    let unusable = |error: std::io::Error| unusable(&path, &error);
    if !path.exists() && !file.exists() {
        return Ok(None);
    }
    // Without its file nobody holds the lock, and a dry run makes none.
    let locked = if dry_run && !path.exists() {
        None
    } else {
        match try_lock(&path, database).map_err(unusable)? {
            Ok(locked) => Some(locked),
            Err(()) => {
                let holder = Seen::at(&file).ok().flatten().and_then(|seen| seen.holder);
                return Err(taken(holder.as_ref(), None, &path));
            }
        }
    };
    let Some(seen) = Seen::at(&file).map_err(unusable)? else { return Ok(None) };
    if seen.says() != Says::Left
        && let Settled::Held { by, age } = settle(&file, observer).map_err(unusable)?
    {
        return Err(taken(by.as_ref(), Some(age), &path));
    }
    if !dry_run {
        fs::remove_file(&file).or_else(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Ok(()),
            _ => Err(unusable(error)),
        })?;
    }
    drop(locked);
    Ok(Some(Unlocked { file, holder: seen.holder }))
}
