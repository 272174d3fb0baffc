use std::fs;
use std::io::ErrorKind as IoErrorKind;
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::plan::{Decision, Entry, Policy, plan};
use crate::backup::{Backup, Listing, Places, list};

/// What was removed, and what could not be.
#[derive(Clone, Debug, Default)]
pub struct Pruned {
    /// What becomes of each backup, newest first.
    pub decisions: Vec<Decision>,
    /// The packed files that were removed.
    pub removed: Vec<PathBuf>,
    /// Files that could not be removed, and why.
    pub warnings: Vec<String>,
}

/// What a policy says of the backups that are there, newest first. Copies in the archive are nobody's.
pub fn decide(now: OffsetDateTime, policy: &Policy, backups: &[Backup]) -> Vec<Decision> {
    let entries: Vec<Entry> = backups.iter().map(Entry::from).collect();
    plan(now, policy, &entries)
}

impl From<&Backup> for Entry {
    fn from(backup: &Backup) -> Self {
        let manifest = backup.manifest();
        Self {
            name: backup.name.clone(),
            reason: manifest.map(|manifest| manifest.reason),
            // What is in the archive alone was put there to stay.
            pinned: manifest.is_some_and(|manifest| manifest.pinned)
                || backup.copies.iter().all(|copy| copy.place == "archive"),
            verified: backup.good().is_some(),
            foreign: manifest.is_some_and(|manifest| manifest.database != backup.name.database),
        }
    }
}

/// Removes the backups of a database that the policy keeps for nothing, from every place but the archive.
/// What cannot be removed, or looked at, is a warning.
pub fn prune(places: &Places, database: &Path, policy: &Policy) -> Pruned {
    let Listing { backups, warnings } = list(places, database);
    let mut pruned = Pruned {
        decisions: decide(OffsetDateTime::now_utc(), policy, &backups),
        warnings,
        ..Pruned::default()
    };
    for (backup, _) in
        backups.iter().zip(&pruned.decisions).filter(|(_, decision)| decision.kept_for.is_empty())
    {
        for copy in backup.copies.iter().filter(|copy| copy.place != "archive") {
            // Without its manifest it no longer counts, should the rest fail.
            let removed = remove(&backup.name.manifest(&copy.folder)).and_then(|()| remove(&copy.packed));
            match removed {
                Ok(()) => pruned.removed.push(copy.packed.clone()),
                Err(error) => pruned.warnings.push(format!("{} stays: {error}", copy.packed.display())),
            }
        }
    }
    pruned
}

fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == IoErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}
