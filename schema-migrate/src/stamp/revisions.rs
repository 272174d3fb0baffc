use std::time::Duration;

use schema_core::rusqlite::Connection;

use super::{Compared, Stamped, differs, without_bookkeeping};
use crate::check::drift;
use crate::files::{Folder, Migration};
use crate::history::{self, Applied};
use crate::inspect::sqlite;
use crate::recorded::recorded;
use crate::run::{Lock, Target, check_writable, open, open_read_only};
use crate::{Error, Result, graph};

/// Records a revision, and those that it needs, as applied without running them. The database has to
/// be what their files build.
pub fn revisions(target: &Target, named: &str, dry_run: bool) -> Result<Stamped> {
    let scanned = Folder::scan(&target.files)?;
    let connection = open_read_only(&target.database, target.wait)?;
    // A database in the middle of a squash goes through the old files here, too.
    let history = history::read_beside(&connection, &scanned)?;
    let folder = history::through(scanned.clone(), &history)?.ordered()?;
    let revision = folder.find(named)?.revision.to_string();
    let (due, compared) = due(&connection, &folder, &revision)?;
    drop(connection);
    let stamped = Stamped {
        revisions: due.iter().map(|migration| migration.revision.to_string()).collect(),
        file: None,
        text: None,
        bookkeeping: Vec::new(),
        compared,
        warnings: Vec::new(),
    };
    if dry_run {
        return Ok(stamped);
    }
    check_writable(&target.database, false)?;
    let _lock = Lock::take(&target.database, target.lock_wait())?;
    let connection = open(&target.database, false, target.wait)?;
    in_transaction(&connection, || {
        // Compared again where nothing can change any more.
        for migration in self::due(&connection, &folder, &revision)?.0 {
            history::insert(&connection, &Applied::now(&migration, Duration::ZERO, 0))?;
        }
        Ok(())
    })?;
    history::fold(&connection, &scanned)?;
    Ok(stamped)
}

/// What is to be recorded, once the database is what the files build.
fn due(connection: &Connection, folder: &Folder, revision: &str) -> Result<(Vec<Migration>, Compared)> {
    let history = history::read_beside(connection, folder)?;
    let is_applied =
        |migration: &Migration| history.iter().any(|row| row.revision == migration.revision.as_str());
    if let Some(row) = history.iter().find(|row| row.revision == revision) {
        return Err(Error::usage(format!("{revision} is in the history already"))
            .why(format!("it was recorded at {} (UTC)", row.applied_at))
            .state("nothing was changed")
            .next("db-status says where the database stands"));
    }
    if let Some(gone) = history.iter().find(|row| folder.get(&row.revision).is_none()) {
        return Err(Error::failed(format!("the file of {} is gone", gone.revision))
            .why("what the files build cannot be known without it")
            .state("nothing was changed")
            .next("restore the file"));
    }
    let wanted = graph::up_to(folder.migrations(), revision);
    let due: Vec<Migration> = wanted
        .iter()
        .filter(|migration| !is_applied(migration))
        .map(|migration| (*migration).clone())
        .collect();
    let built = folder.migrations().iter().filter(|migration| {
        is_applied(migration) || due.iter().any(|other| other.revision == migration.revision)
    });
    let built = recorded(built)?;
    let live = without_bookkeeping(sqlite::schema(connection)?, &built);
    let drifts = drift(&live, &built, &built, ("the database", "the migrations"), &built, false)?;
    if drifts.is_empty() {
        return Ok((due, Compared::of(&live)));
    }
    Err(differs(&drifts, &format!("the database is not what the migrations up to {revision} build"))
        .next("db-migrate applies what is pending")
        .next("or stamp an earlier revision, or correct the database"))
}

/// Runs the work in one transaction, wholly or not at all.
pub(crate) fn in_transaction<T>(connection: &Connection, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let sqlite = |error| Error::sqlite("write the history of migrations", error).state("nothing was changed");
    connection.execute_batch("BEGIN IMMEDIATE").map_err(sqlite)?;
    let done = work().and_then(|done| connection.execute_batch("COMMIT").map(|()| done).map_err(sqlite));
    if done.is_err() && !connection.is_autocommit() {
        drop(connection.execute_batch("ROLLBACK"));
    }
    done
}
