use std::path::{Path, PathBuf};

use super::check::CheckName;
use super::checks::{Checks, Found};
use crate::run::open::{check_file, read_only};
use crate::{Error, ErrorKind, Next, Result};

/// Whether the database, or the one that is to be made, can be written where it is, and by whom.
pub(in crate::run) fn place(database: &Path, create: bool, checks: &mut Checks<'_>) {
    // A link stands where it likes; what it leads to is written.
    let database = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    let is_there = checks.check(CheckName::File, || file(&database, create));
    checks.check(CheckName::Folder, || folder(&database, is_there));
    checks.check(CheckName::Owner, || owner(&database));
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Besides the database SQLite writes a log, and the runner its lock.
fn folder(database: &Path, is_there: bool) -> Result<Found> {
    let folder = folder_of(database);
    if !folder.is_dir() && !is_there {
        // Told with the file.
        return Ok(Found::default());
    }
    if may_write(folder) {
        return Ok(Found::passed("folder writable"));
    }
    Err(Error::new(ErrorKind::Preflight, format!("the folder {} cannot be written", folder.display()))
        .why("SQLite keeps its log beside the database, and the lock of the migration is there")
        .state("nothing was changed")
        .next(Next::new("chmod u+w ").word(folder.display()).own(", or run as the user who owns it")))
}

fn file(database: &Path, create: bool) -> Result<Found> {
    check_file(database, create, true)?;
    let beside = ["-wal", "-shm", "-journal"].map(|suffix| {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    });
    for path in std::iter::once(database.to_owned()).chain(beside) {
        let Ok(found) = path.metadata() else { continue };
        if found.permissions().readonly() || !may_write(&path) {
            return Err(read_only(&path, "the file's permissions forbid it"));
        }
    }
    Ok(Found::passed("file writable"))
}

#[cfg(unix)]
fn may_write(path: &Path) -> bool {
    use rustix::fs::{Access, AtFlags, CWD, accessat};
    match accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS) {
        Ok(()) => true,
        // Where nobody can say it in advance, it will be tried.
        Err(error) => error == rustix::io::Errno::NOSYS,
    }
}

#[cfg(not(unix))]
fn may_write(_: &Path) -> bool {
    true
}

/// What another user makes beside a database, its owner's programs may not be able to read.
#[cfg(unix)]
fn owner(database: &Path) -> Result<Found> {
    use std::os::unix::fs::MetadataExt as _;
    let (what, found) = match database.metadata() {
        Ok(found) => (database, found),
        Err(_) => match folder_of(database).metadata() {
            Ok(found) => (folder_of(database), found),
            Err(_) => return Ok(Found::default()),
        },
    };
    let own = rustix::process::geteuid();
    if own.as_raw() == found.uid() {
        return Ok(Found::passed("owner ok"));
    }
    let runs_as = if own.is_root() { "root".to_owned() } else { format!("user {}", own.as_raw()) };
    let owner = if found.uid() == 0 { "root".to_owned() } else { format!("user {}", found.uid()) };
    Ok(Found::default().but([format!(
        "this runs as {runs_as}, and {} belongs to {owner}: backups and other files that are made now get \
         another owner",
        what.display()
    )]))
}

#[cfg(not(unix))]
fn owner(_: &Path) -> Result<Found> {
    Ok(Found::default())
}
