//! Edited files that a person takes for what was applied.

use schema_core::rusqlite::Connection;

use crate::files::Folder;
use crate::history::{self, Applied};
use crate::{Result, graph};

/// What became of the revisions that a person has named.
#[derive(Debug, Default)]
pub(super) struct Acceptance {
    /// Those that were edited, and are accepted.
    pub(super) revisions: Vec<String>,
    /// Those of which there is nothing to accept, in words.
    pub(super) warnings: Vec<String>,
}

/// Which files are meant, and whether they were edited at all. One of several databases may have what
/// another one needs, so a file that was not edited is worth a word and no refusal.
///
/// # Errors
/// Neither the history nor the folder has such a revision.
pub(super) fn acceptance(folder: &Folder, history: &[Applied], named: &[String]) -> Result<Acceptance> {
    let files = folder.migrations().iter().map(|migration| migration.revision.as_str());
    let mut known: Vec<&str> = files.collect();
    known.extend(history.iter().map(|row| row.revision.as_str()).filter(|row| folder.get(row).is_none()));
    let mut found = Acceptance::default();
    for name in named {
        let revision = graph::find(&known, name)?;
        // One without a file is told by the checks that follow.
        let Some(migration) = folder.get(revision) else { continue };
        let row = history.iter().find(|row| row.revision == revision);
        match row.map(|row| is_edited(row, &migration.up_checksum, &migration.down_checksum)) {
            Some(true) => found.revisions.push(revision.to_owned()),
            Some(false) => found
                .warnings
                .push(format!("{revision} was not edited since it was applied: there is nothing to accept")),
            None => found.warnings.push(format!(
                "{revision} is not applied yet: its file may be edited, and needs no accepting"
            )),
        }
    }
    Ok(found)
}

fn is_edited(row: &Applied, up: &str, down: &str) -> bool {
    row.up_checksum != up || row.down_checksum != down
}

/// Writes into the history that the files of these revisions are what was applied.
pub(super) fn accept(connection: &Connection, folder: &Folder, revisions: &[String]) -> Result<()> {
    revisions
        .iter()
        .filter_map(|revision| folder.get(revision))
        .try_for_each(|migration| history::accept(connection, migration))
}
