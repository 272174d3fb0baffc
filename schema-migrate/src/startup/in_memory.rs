use schema_core::rusqlite::Connection;
use schema_core::rusqlite::config::DbConfig;

use crate::files::{FileSource, Folder, Migration};
use crate::history::{self, Applied};
use crate::inspect::sqlite;
use crate::recorded;
use crate::run::{AppliedRevision, Clock, Due, Interrupt, Observer, Report, Work, apply, due_in, release};
use crate::rust_step::{self, Direction, RustStep};
use crate::{Error, Result};

/// Applies what is pending on a connection that nobody else has: no lock, no backup, and otherwise as
/// on a file.
pub(super) fn run(
    connection: &mut Connection,
    files: &FileSource,
    steps: &[RustStep],
    observer: &mut dyn Observer,
) -> Result<Report> {
    // What the application forbids on its connection, old texts may hold.
    let quirks = [
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, true),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, true),
        (DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, false),
    ];
    let mut before = Vec::with_capacity(quirks.len());
    for (setting, on) in quirks {
        before.push((setting, connection.db_config(setting)?));
        connection.set_db_config(setting, on)?;
    }
    let done = pending(connection, files, steps, observer);
    for (setting, on) in before {
        connection.set_db_config(setting, on)?;
    }
    connection.progress_handler(0, None::<fn() -> bool>)?;
    release(connection)?;
    done
}

fn pending(
    connection: &mut Connection,
    files: &FileSource,
    steps: &[RustStep],
    observer: &mut dyn Observer,
) -> Result<Report> {
    let clock = Clock::guarding(connection, &Interrupt::default())?;
    let folder = Folder::scan(files)?;
    let history = history::read(connection)?;
    let Due { migrations: due, warnings } = due_in(&folder, &history)?;
    rust_step::check(steps, &folder, &due)?;
    let applied: Vec<Migration> =
        history.iter().filter_map(|row| folder.get(&row.revision)).cloned().collect();
    let scratch = recorded::replay(&applied)?;
    let mut report = Report { warnings, ..Report::default() };
    for (number, migration) in (1..).zip(&due) {
        let built = sqlite::schema(&scratch)?;
        recorded::run(&scratch, migration, &migration.up)?;
        let revision = migration.revision.as_str();
        let work = Work {
            revision,
            file: Some(&migration.path),
            script: &migration.up,
            is_baseline: migration.kind.is_first(),
            clock: &clock,
            recorded: Some(&built),
            asked: None,
            number,
            total: due.len(),
            step: rust_step::find(steps, revision, Direction::Up, &migration.up, Some(&migration.path))?,
            offset: 0,
            mark: &|_, _, _| Ok(()),
            is_due: &|_| Ok(true),
            finish: &|connection, duration, rows| {
                history::insert(connection, &Applied::now(migration, duration, rows))
            },
        };
        let failed = |error: Error| error.state("this migration was rolled back; those before it stay");
        if let Some(outcome) = apply(connection, &work, observer).map_err(failed)? {
            report.warnings.extend(outcome.warnings);
            report.revisions.push(AppliedRevision {
                duration: outcome.duration,
                rows: outcome.rows,
                ..AppliedRevision::to_be(migration)
            });
        }
    }
    Ok(report)
}
