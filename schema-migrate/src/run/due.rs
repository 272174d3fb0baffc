//! Which revisions are due, in which order.

use std::time::Duration;

use schema_core::rusqlite::Connection;

use super::open::open_read_only;
use super::preflight;
use super::target::Target;
use crate::files::{FileSource, Folder, Migration};
use crate::history::{self, Applied};
use crate::{Error, Result, graph};

/// The migrations that are not applied yet, in the order in which they would be; all of them where
/// there is no database.
pub fn pending(target: &Target, to: Option<&str>) -> Result<Vec<Migration>> {
    let folder = Folder::scan(&target.files)?;
    let history = if is_new(target) {
        Vec::new()
    } else {
        history::read_beside(&open_read_only(&target.database, target.wait)?, &folder)?
    };
    let folder = history::through(folder, &history)?;
    preflight::history(&folder, &history, &[])?;
    due(&folder.ordered()?, &history, to)
}

/// What a starting program would have to apply.
#[derive(Debug)]
pub(crate) struct Due {
    pub(crate) migrations: Vec<Migration>,
    /// What a person should know of a database that is newer than the program.
    pub(crate) warnings: Vec<String>,
}

/// What is due on a database file.
pub(crate) fn due_on(target: &Target) -> Result<Due> {
    let history = if is_new(target) {
        Vec::new()
    } else {
        history::read(&open_read_only(&target.database, target.wait)?)?
    };
    due_after(&target.files, &history)
}

/// What is due after this history.
pub(crate) fn due_after(files: &FileSource, history: &[Applied]) -> Result<Due> {
    let folder = Folder::scan(files)?;
    let beside = history::beside(history.to_vec(), &folder);
    due_in(&history::through(folder, &beside)?, history)
}

/// The same for files that have been read.
pub(crate) fn due_in(folder: &Folder, history: &[Applied]) -> Result<Due> {
    let history = history::beside(history.to_vec(), folder);
    preflight::history(folder, &history, &[])?;
    let folder = folder.clone().ordered()?;
    let warnings = preflight::newer(&folder, &history)?;
    Ok(Due { migrations: due(&folder, &history, None)?, warnings })
}

/// Whether there is no database yet: no file, or one without a byte.
pub(super) fn is_new(target: &Target) -> bool {
    std::fs::metadata(&target.database).map_or(true, |file| file.len() == 0)
}

/// Whether there is no database yet, or one without a table: a handle that was opened has made such a file.
pub(crate) fn holds_nothing(target: &Target) -> bool {
    // Who keeps readers out has something to write; nobody is waited for to be told that it is nothing.
    is_new(target)
        || open_read_only(&target.database, Duration::ZERO).is_ok_and(|connection| {
            let count = "SELECT count(*) FROM main.sqlite_schema";
            connection.query_row(count, [], |row| row.get::<_, i64>(0)).is_ok_and(|count| count == 0)
        })
}

pub(super) fn due(folder: &Folder, history: &[Applied], to: Option<&str>) -> Result<Vec<Migration>> {
    let wanted: Vec<&Migration> = match to {
        None => folder.migrations().iter().collect(),
        Some(named) => graph::up_to(folder.migrations(), folder.find(named)?.revision.as_str()),
    };
    let is_applied =
        |migration: &Migration| history.iter().any(|row| row.revision == migration.revision.as_str());
    let due: Vec<Migration> =
        wanted.into_iter().filter(|migration| !is_applied(migration)).cloned().collect();
    if !due.is_empty() {
        let applied = history.iter().map(|row| row.revision.as_str());
        let then: Vec<&str> =
            applied.chain(due.iter().map(|migration| migration.revision.as_str())).collect();
        graph::refuse_unjoined(folder.migrations(), &then)?;
    }
    Ok(due)
}

/// Read again inside the transaction: another program may have been faster, without our lock.
pub(super) fn is_due(connection: &Connection, migration: &Migration, is_continued: bool) -> Result<bool> {
    let history = history::read(connection)?;
    if let Some(row) = history.iter().find(|row| row.revision == migration.revision.as_str()) {
        return Ok(is_continued && row.unfinished().is_some());
    }
    match migration.parents.iter().find(|parent| !history.iter().any(|row| row.revision == **parent)) {
        None => Ok(true),
        Some(parent) => {
            Err(Error::failed(format!("{} needs {parent}, which is not applied", migration.revision))
                .why("another program has taken it back in the meantime")
                .next("db-status says where the database stands"))
        }
    }
}
