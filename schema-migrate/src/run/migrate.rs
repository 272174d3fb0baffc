use std::time::{Duration, Instant};

use schema_core::rusqlite::Connection;

use super::accept::accept;
use super::after::settle;
use super::apply::{Work, apply};
use super::due::{holds_nothing, is_due, is_new};
use super::lock::Lock;
use super::meter::Clock;
use super::observer::{Event, Observer, Silent};
use super::open::open;
use super::preflight::{self, CheckName, Checks, Found};
use super::prepare::{Prepared, only_check, prepare};
use super::rehearse::{Counts, compare as compare_with_rehearsal, rehearse};
use super::report::{AppliedRevision, MigrateOptions, Report, state_after, stays};
use super::retry::retried;
use super::target::Target;
use crate::Result;
use crate::diff::{Answers, compare};
use crate::files::Folder;
use crate::history::unfinished::{self, Unfinished};
use crate::history::{self, Applied};
use crate::inspect::{materialise, sqlite};
use crate::keep::with_kept;
use crate::push;
use crate::rust_step::{self, Direction};
use crate::stamp::without_bookkeeping;

/// Applies what is pending: takes the lock, checks before anything is changed, takes a backup, and
/// runs each revision in a transaction of its own, together with its history row.
///
/// # Errors
/// What was refused or failed, with what it left behind. [`Target::interrupt`] stops it: the statement at
/// hand is interrupted and its revision rolled back.
pub fn migrate(target: &Target, options: &MigrateOptions<'_>, observer: &mut dyn Observer) -> Result<Report> {
    target.interrupt.over(|| run_all(target, options, observer)).map_err(|error| target.interrupt.told(error))
}

pub(super) fn run_all(
    target: &Target,
    options: &MigrateOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Report> {
    let begun = Instant::now();
    let scanned = Folder::scan(&target.files);
    if options.dry_run {
        let mut report = only_check(target, scanned, options, observer)?;
        report.duration = begun.elapsed();
        return Ok(report);
    }
    let is_new = is_new(target);
    let mut checks = Checks::without(options.skip);
    preflight::place(&target.database, options.create, &mut checks);
    if options.create && holds_nothing(target) {
        preflight::missing(target, options.anew, "db-migrate --new", &mut checks);
    }
    if checks.has_failed() || is_new {
        // What cannot be written cannot be locked either, and nothing is made on the disk for files
        // that build no database.
        let silent: &mut dyn Observer = &mut Silent;
        let told = if checks.has_failed() { &mut *observer } else { silent };
        let only = MigrateOptions { rehearse: false, ..*options };
        only_check(target, Folder::scan(&target.files), &only, told)?;
    }
    let lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    checks.check(CheckName::Lock, || Ok(Found::passed("lock free")));
    let mut connection = open(&target.database, options.create, target.wait)?;
    target.register(&connection)?;
    let clock = Clock::of(&mut connection, target.wait, &target.interrupt)?;
    if is_new {
        observer.event(&Event::Created { database: &target.database });
    }
    let mut report = Report::default();
    report.warn_all(observer, lock.taken_over());
    let folded = scanned.as_ref().ok().cloned();
    let prepared = prepare(&connection, target, scanned, options, checks, &mut report, observer)?;
    let rehearses = options.rehearse && !is_new && !prepared.due.is_empty();
    if rehearses {
        report.rehearsal = Some(rehearse(&connection, target, options, observer)?);
    }
    // Before anything is written: the copy is what the file is checked by.
    if !prepared.due.is_empty() && !is_new && options.backup {
        report.take_backup(&connection, target, observer)?;
    }
    unfinished::write(&connection, &prepared.resolutions)?;
    // What a squash replaces is no longer in the folder, and from here on not in the history.
    if let Some(folded) = &folded {
        history::fold(&connection, folded)?;
        accept(&connection, folded, &prepared.accepted)?;
    }
    report.accepted.clone_from(&prepared.accepted);
    if !prepared.pushed.is_empty() {
        push::record(&connection, &prepared.applied, &prepared.pushed)?;
        report.recorded = prepared.pushed_names();
    }
    let counts = if rehearses { Some(Counts::before(&connection)?) } else { None };
    let total = prepared.due.len();
    for (position, (migration, recorded)) in prepared.due.iter().zip(&prepared.schemas).enumerate() {
        let step = rust_step::find(
            &target.steps,
            migration.revision.as_str(),
            Direction::Up,
            &migration.up,
            Some(&migration.path),
        )?;
        let (script, offset) = match prepared.continued(migration) {
            Some((_, rest, done)) => (rest, *done),
            None => (&migration.up, 0),
        };
        let work = Work {
            revision: migration.revision.as_str(),
            file: Some(&migration.path),
            script,
            is_baseline: migration.kind.is_first(),
            clock: &clock,
            recorded: Some(recorded),
            asked: prepared.asked.filter(|_| position == 0),
            number: position + 1,
            total,
            step,
            offset,
            mark: &|connection, done, begun| {
                let row = || Applied::now(migration, Duration::ZERO, 0);
                let reached = Unfinished::new(false, &migration.up, done, begun);
                unfinished::mark(connection, migration.revision.as_str(), row, &reached)
            },
            is_due: &|connection| is_due(connection, migration, prepared.continued(migration).is_some()),
            finish: &|connection, duration, rows| {
                let row = Applied::now(migration, duration, rows);
                if script.no_transaction {
                    unfinished::complete(connection, &row)
                } else {
                    history::insert(connection, &row)
                }
            },
        };
        let outcome = if script.no_transaction {
            apply(&connection, &work, observer)?
        } else {
            retried(target.retry, &connection, &target.interrupt, observer, |observer| {
                apply(&connection, &work, observer)
            })
            .map_err(|error| error.state(state_after(&report.revisions, "applied")))?
        };
        if let Some(outcome) = outcome {
            report.warnings.extend(outcome.warnings);
            report.revisions.push(AppliedRevision {
                duration: outcome.duration,
                rows: outcome.rows,
                ..prepared.to_be(migration)
            });
        }
    }
    if let Some(folded) = &folded {
        // A database that came through the old files of a squash has it now.
        history::fold(&connection, folded)
            .map_err(|error| error.state(stays(&report.revisions, "applied")))?;
        // Nothing takes a squash back, nor what is a part of it now.
        let history = history::read(&connection)?;
        let is_there = |revision: &str| history.iter().any(|row| row.revision == revision);
        for applied in report.revisions.iter_mut().filter(|applied| !is_there(&applied.revision)) {
            applied.is_reversible = false;
        }
    }
    verify(&connection, options, &prepared, &mut report, observer)
        .map_err(|error| error.state(stays(&report.revisions, "applied")))?;
    if let Some(counts) = counts {
        compare_with_rehearsal(&mut report, &counts.after(&connection)?, observer);
    }
    settle(&connection, &mut report, observer);
    report.duration = begun.elapsed();
    Ok(report)
}

fn verify(
    connection: &Connection,
    options: &MigrateOptions<'_>,
    prepared: &Prepared,
    report: &mut Report,
    observer: &mut dyn Observer,
) -> Result<()> {
    if let Some(declared) = options.declared.filter(|_| prepared.is_all) {
        let models = materialise(declared)?;
        let live = without_bookkeeping(sqlite::schema(connection)?, &models);
        let answers = Answers::unasked(options.strict_unique);
        report.drift = Some(compare(&live, &with_kept(&live, &models), &models, &answers)?.changes);
    }
    observer.event(&Event::Verified { models: report.drift.as_ref().map(Vec::is_empty) });
    Ok(())
}
