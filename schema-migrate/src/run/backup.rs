use schema_core::rusqlite::Connection;
use schema_ops::backup::{Progress, Reason, Request, Taken, holds_rows, take};
use schema_ops::retention::prune;

use super::observer::{Event, Observer};
use super::preflight::whole;
use super::target::Target;
use crate::{ErrorKind, Result};

/// Whether a backup will be taken, whose copy is then checked in the place of the database.
pub(super) fn backup_follows(connection: &Connection, target: &Target) -> bool {
    target.backups.is_some() && holds_rows(connection).unwrap_or(false)
}

/// Takes a backup before the work, where the target says where to and the database holds any row.
pub(crate) fn take_backup(
    connection: &Connection,
    target: &Target,
    observer: &mut dyn Observer,
) -> Result<Option<Taken>> {
    take_backup_for(connection, target, Reason::PreMigrate, None, observer)
}

/// The same for another reason, with a note for whoever reads the list.
pub(crate) fn take_backup_for(
    connection: &Connection,
    target: &Target,
    reason: Reason,
    note: Option<&str>,
    observer: &mut dyn Observer,
) -> Result<Option<Taken>> {
    let Some(places) = &target.backups else { return Ok(None) };
    if !holds_rows(connection)? {
        return Ok(None);
    }
    observer.event(&Event::Phase { what: "taking a backup" });
    let request = Request { note, ..Request::new(&target.database, places, reason) };
    let mut watch = |progress: Progress| {
        observer.event(&Event::Progress { progress });
        target.interrupt.check()
    };
    let mut taken = take(connection, &request, &mut watch).map_err(|error| match error.kind() {
        // Whose fault it is: that of the database, which was not checked before, or of the copy.
        ErrorKind::Verification => whole(connection, &target.database).err().unwrap_or(error),
        ErrorKind::Failed | ErrorKind::Preflight => error
            .with_kind(ErrorKind::Preflight)
            .next("or go on without one: --no-backup, and `.no_backup()` on the Migrator of a program"),
        _ => error,
    })?;
    taken.warnings.extend(prune(places, &target.database, &target.keep).warnings);
    observer.event(&Event::Backup { taken: &taken });
    for text in &taken.warnings {
        observer.event(&Event::Warning { text });
    }
    Ok(Some(taken))
}
