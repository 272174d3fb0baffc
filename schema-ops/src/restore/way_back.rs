use std::path::Path;

use crate::backup::{Backup, Places, list};
use crate::{Error, Next};

/// What is to be done with a damaged database where nobody knows of its backups.
pub const RESTORE_THE_NEWEST: &str = "keep a copy of the file as it is, and restore the newest backup";

/// What is to be done where there is no database and nobody knows of its backups.
pub const BUILD_IT: &str = "correct the url, or run db-migrate to build the database";

/// The newest backup of a database that was good when it was last read.
pub fn newest_good(places: &Places, database: &Path) -> Option<Backup> {
    list(places, database).backups.into_iter().find(|backup| backup.good().is_some())
}

/// The error with the commands that lead back to a backup, where it is a damaged or lost database of which there
/// are any; others stay as they are.
#[must_use]
pub fn with_way_back(error: Error, places: &Places) -> Error {
    let Some(database) = error.damaged() else { return error };
    let backups = list(places, database).backups;
    let mut steps: Vec<Next> = error.next_steps().to_vec();
    match (backups.iter().find(|backup| backup.good().is_some()), backups.is_empty()) {
        (_, true) => return error,
        (None, false) => {
            steps.insert(0, "db-list-backups (none is known to be good; db-verify-backup reads them)".into());
        }
        (Some(good), false) => {
            // It keeps what is there by itself.
            let is_lost = steps.iter().any(|step| *step == BUILD_IT);
            steps.retain(|step| *step != RESTORE_THE_NEWEST && *step != BUILD_IT);
            let restore = Next::new("db-restore ").word(&good.name);
            let kept = if is_lost { "" } else { "; what is there is kept" };
            steps.insert(0, restore.own(" (the newest good backup").own(kept).own(")"));
            steps.insert(1, "db-list-backups".into());
            if is_lost {
                steps.push("or correct the url, or begin with an empty database: db-migrate --new".into());
            }
        }
    }
    steps.into_iter().fold(error.without_next(), Error::next)
}
