//! Databases that stand in the middle of what a squash replaces.

use super::Applied;
use crate::files::Folder;
use crate::{Error, ErrorKind, Next, Result};

/// A database that has some of what a squash replaces, and not the last of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Middle {
    /// The squash.
    pub squash: String,
    /// The newest revision that the database has of those which the squash replaces.
    pub newest: String,
    /// The last revision that it replaces.
    pub last: String,
    /// Whether the old files are kept, so that the database can be brought through them.
    pub is_kept: bool,
}

/// Whether a database stands in the middle of a squash of this folder.
///
/// # Errors
/// An old file is kept, and cannot be read.
pub fn middle(folder: &Folder, history: &[Applied]) -> Result<Option<Middle>> {
    for squash in folder.migrations().iter().filter(|migration| !migration.replaces.is_empty()) {
        if let Some(row) = history.iter().rev().find(|row| squash.replaces.contains(&row.revision)) {
            return Ok(Some(Middle {
                squash: squash.revision.to_string(),
                newest: row.revision.clone(),
                last: squash.replaces.last().cloned().unwrap_or_default(),
                is_kept: unfolded(folder, history)?.is_some(),
            }));
        }
    }
    Ok(None)
}

/// The folder as a database needs it: one in the middle of a squash goes through the old files, where they
/// are kept. `history` is read beside the folder.
pub(crate) fn through(folder: Folder, history: &[Applied]) -> Result<Folder> {
    Ok(unfolded(&folder, history)?.unwrap_or(folder))
}

fn unfolded(folder: &Folder, history: &[Applied]) -> Result<Option<Folder>> {
    folder.unfolded(&|revision| history.iter().any(|row| row.revision == revision))
}

/// Refuses a database that stands in the middle of a squash whose old files are not kept.
pub(crate) fn refuse_middle(folder: &Folder, history: &[Applied]) -> Result<()> {
    let Some(Middle { squash, newest, last, .. }) = middle(folder, history)? else { return Ok(()) };
    let error = Error::new(ErrorKind::Preflight, "the database stands in the middle of a squash")
        .why(format!(
            "it has {newest} as the newest of what {squash} replaces, which goes up to {last}, and the old \
             files are not all in the folder `squashed`"
        ))
        .state("nothing was changed")
        .next(
            Next::new("bring the old files up to ")
                .value(last)
                .own(" from version control into the folder `squashed`, then db-migrate"),
        )
        .next("or check out the program of before the squash, and run its db-migrate first");
    Err(match folder.get(&squash) {
        Some(file) => error.place(file.path.display().to_string()),
        None => error,
    })
}
