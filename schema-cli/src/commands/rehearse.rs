use std::time::Duration;

use schema_core::rusqlite::{Connection, backup::Backup};
use schema_migrate::{
    Error,
    run::{self, MigrateOptions, Silent, Target, open_read_only},
};

use crate::{
    output::{Screen, duration, plural},
    progress::Progress,
};

/// Pages that are copied before other programs get their turn.
const PAGES_A_STEP: i32 = 1024;

/// Runs the migrations on a copy of the database beside it, which is taken away afterwards.
///
/// # Errors
/// Those of the run on the copy: the database itself has not been touched.
pub(super) fn rehearse(screen: &Screen, target: &Target, options: &MigrateOptions<'_>) -> Result<(), Error> {
    let mut progress = Progress::new(screen);
    progress.start("rehearsing on a copy", 0);
    let folder = target.database.parent().filter(|folder| !folder.as_os_str().is_empty());
    let copy = tempfile::Builder::new()
        .prefix(".rehearsal-")
        .tempdir_in(folder.unwrap_or(".".as_ref()))
        .map_err(|error| refused(&error.to_string()))?;
    let database = copy.path().join("copy.db");
    let source = open_read_only(&target.database, target.wait)?;
    let mut destination = Connection::open(&database).map_err(|error| refused(&error.to_string()))?;
    Backup::new(&source, &mut destination)
        .and_then(|backup| backup.run_to_completion(PAGES_A_STEP, Duration::ZERO, None))
        .map_err(|error| refused(&error.to_string()))?;
    drop(destination);
    let on_copy = Target { database, backups: None, ..target.clone() };
    let report =
        run::migrate(&on_copy, &MigrateOptions { dry_run: false, backup: false, ..*options }, &mut Silent)
            .map_err(|error| error.state("the rehearsal on a copy failed; the database was not touched"))?;
    progress.finish();
    screen.line(format!(
        "Rehearsed  {} on a copy in {}",
        plural(report.revisions.len(), "migration"),
        duration(report.duration)
    ));
    Ok(())
}

fn refused(why: &str) -> Error {
    Error::failed("the database could not be copied for the rehearsal")
        .why(why)
        .state("nothing was changed")
        .next("make room beside the database; production = false in schema.toml leaves the rehearsal out")
}
