use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::plan::{Decision, Entry, Known, Policy, plan};
use crate::backup::{Backup, Listing, Manifest, Places, list, remove_copy};

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
            known: match backup.good() {
                Some(_) => Known::Good,
                None if backup.is_unfinished() => Known::Unfinished,
                None => Known::Doubtful,
            },
            empty: manifest.is_some_and(Manifest::is_empty),
            foreign: manifest.is_some_and(|manifest| manifest.origin.is_none()),
        }
    }
}

/// Removes the backups of a database that the policy keeps for nothing, from every place but the archive.
/// What cannot be removed, or looked at, is a warning.
pub fn prune(places: &Places, database: &Path, policy: &Policy) -> Pruned {
    let Listing { backups, warnings, .. } = list(places, database);
    let mut pruned = Pruned {
        decisions: decide(OffsetDateTime::now_utc(), policy, &backups),
        warnings,
        ..Pruned::default()
    };
    for (backup, _) in
        backups.iter().zip(&pruned.decisions).filter(|(_, decision)| decision.kept_for.is_empty())
    {
        for copy in backup.copies.iter().filter(|copy| copy.place != "archive") {
            match remove_copy(&backup.name, &copy.folder) {
                Ok(()) => pruned.removed.push(copy.packed.clone()),
                Err(error) => pruned.warnings.push(format!("{} stays: {error}", copy.packed.display())),
            }
        }
    }
    pruned
}
