use std::time::{Duration, Instant};

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use super::after::settle;
use super::apply::{Work, apply};
use super::ask::ask_all;
use super::due::{due, is_due, is_new};
use super::lock::Lock;
use super::meter::Clock;
use super::observer::{Event, Observer};
use super::open::{check_writable, open, open_read_only};
use super::preflight::{self, Placed};
use super::programs;
use super::rehearse::{Counts, compare as compare_with_rehearsal, rehearse};
use super::report::{AppliedRevision, MigrateOptions, Report, state_after, stays};
use super::retry::retried;
use super::target::Target;
use crate::diff::{Answers, compare};
use crate::files::{Folder, Migration, Script};
use crate::history::unfinished::{self, Unfinished};
use crate::history::{self, Applied};
use crate::inspect::{materialise, sqlite};
use crate::keep::with_kept;
use crate::recorded::{recorded, replay, run};
use crate::rust_step::{self, Direction};
use crate::stamp::{bookkeeping, without_bookkeeping};
use crate::{Error, ErrorKind, Result, push};

/// What the files build before each migration that is due.
fn schemas_before(prepared: &Prepared) -> Result<Vec<SchemaDef>> {
    if prepared.due.is_empty() {
        return Ok(Vec::new());
    }
    let scratch = replay(prepared.applied.iter().chain(&prepared.pushed))?;
    let mut schemas = Vec::with_capacity(prepared.due.len());
    for migration in &prepared.due {
        schemas.push(sqlite::schema(&scratch)?);
        run(&scratch, migration, &migration.up)?;
    }
    Ok(schemas)
}

/// Applies what is pending: takes the lock, checks before anything is changed, takes a backup, and
/// runs each revision in a transaction of its own, together with its history row.
///
/// # Errors
/// What was refused or failed, with what it left behind. [`Target::interrupt`] stops it: the statement at
/// hand is interrupted and its revision rolled back.
pub fn migrate(target: &Target, options: &MigrateOptions<'_>, observer: &mut dyn Observer) -> Result<Report> {
    run_all(target, options, observer).map_err(|error| target.interrupt.told(error))
}

pub(super) fn run_all(
    target: &Target,
    options: &MigrateOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Report> {
    let begun = Instant::now();
    let scanned = Folder::scan(&target.files)?;
    if options.dry_run {
        let mut report = only_check(target, scanned, options, observer)?;
        report.duration = begun.elapsed();
        return Ok(report);
    }
    check_writable(&target.database, options.create)?;
    let is_new = is_new(target);
    if is_new {
        // Before anything is made on the disk: whether the files can build a database at all.
        let folder = scanned.clone().ordered()?;
        let due = due(&folder, &[], options.to)?;
        recorded(&due)?;
        rust_step::check(&target.steps, &folder, &due)?;
    }
    let lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    let mut connection = open(&target.database, options.create, target.wait)?;
    let clock = Clock::of(&mut connection, target.wait, &target.interrupt)?;
    if is_new {
        observer.event(&Event::Created { database: &target.database });
    }
    let mut report = Report::default();
    report.warn_all(observer, lock.taken_over());
    let folded = scanned.clone();
    let prepared = prepare(&connection, target, scanned, options, &mut report, observer)?;
    // Every file has to run on what those before it build; found out now, while nothing is changed.
    let schemas = schemas_before(&prepared)?;
    let rehearses = options.rehearse && !is_new && !prepared.due.is_empty();
    if rehearses {
        report.rehearsal = Some(rehearse(&connection, target, options, observer)?);
    }
    unfinished::write(&connection, options.resolve)?;
    // What a squash replaces is no longer in the folder, and from here on not in the history.
    history::fold(&connection, &folded)?;
    accept(&connection, &prepared, options)?;
    if !prepared.pushed.is_empty() {
        push::record(&connection, &prepared.applied, &prepared.pushed)?;
        report.recorded = prepared.pushed_names();
    }
    if !prepared.due.is_empty() && !is_new && options.backup {
        report.take_backup(&connection, target, observer)?;
    }
    let counts = if rehearses { Some(Counts::before(&connection)?) } else { None };
    let total = prepared.due.len();
    for (position, (migration, recorded)) in prepared.due.iter().zip(&schemas).enumerate() {
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
                revision: migration.revision.to_string(),
                statements: migration.up.statements.len(),
                duration: outcome.duration,
                rows: outcome.rows,
            });
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

/// What is known once the folder and the history agree.
struct Prepared {
    /// The state of the database in which the rows were as the first migration expects.
    asked: Option<i64>,
    applied: Vec<Migration>,
    /// Those that were pending, and have nothing to do since a push has made what they build.
    pushed: Vec<Migration>,
    due: Vec<Migration>,
    is_all: bool,
    /// Revisions that were stopped half-way: what is left of each, and how many of its statements ran.
    continued: Vec<(String, Script, usize)>,
}

impl Prepared {
    fn pushed_names(&self) -> Vec<String> {
        self.pushed.iter().map(|migration| migration.revision.to_string()).collect()
    }

    fn continued(&self, migration: &Migration) -> Option<&(String, Script, usize)> {
        self.continued.iter().find(|(revision, _, _)| revision == migration.revision.as_str())
    }
}

fn prepare(
    connection: &Connection,
    target: &Target,
    scanned: Folder,
    options: &MigrateOptions<'_>,
    report: &mut Report,
    observer: &mut dyn Observer,
) -> Result<Prepared> {
    let found = history::read(connection)?;
    unfinished::refuse(&found, options.resolve)?;
    let (history, halves) = unfinished::resolved(found, options.resolve)?;
    let history = history::beside(history, &scanned);
    preflight::history(&scanned, &history, options.accept_edited)?;
    let folder = scanned.ordered()?;
    let mut continued = Vec::new();
    for (revision, left) in halves {
        let migration = folder.find(&revision)?;
        continued.push((revision, unfinished::rest(migration, &left)?, left.done));
    }
    let newer = preflight::newer(&folder, &history)?;
    let is_newer = !newer.is_empty();
    newer.into_iter().for_each(|text| report.warn(observer, text));
    let mut due = due(&folder, &history, options.to)?;
    rust_step::check(&target.steps, &folder, &due)?;
    let applied: Vec<Migration> =
        history.iter().filter_map(|row| folder.get(&row.revision)).cloned().collect();
    let pending = folder.migrations().len() - applied.len();
    let is_all = pending == due.len() && !is_newer;
    let pushed: Vec<Migration> = match continued.as_slice() {
        [] => due.drain(..push::reached(connection, &applied, &due)?).collect(),
        _ => Vec::new(),
    };
    if !due.is_empty() {
        let rest = |migration: &Migration| {
            let half = continued.iter().find(|(revision, _, _)| revision == migration.revision.as_str());
            half.map_or_else(|| migration.up.clone(), |(_, rest, _)| rest.clone())
        };
        let ups: Vec<Script> = due.iter().map(rest).collect();
        let scripts: Vec<&Script> = ups.iter().collect();
        observer.event(&Event::Phase { what: "checking the integrity" });
        let findings = preflight::database(connection, &target.database, &scripts)?;
        let placed: Vec<Placed<'_>> = ups.iter().zip(due.iter().map(Some)).collect();
        let built = recorded(applied.iter().chain(&pushed))?;
        preflight::tables(connection, &built, &placed)
            .map_err(|error| if history.is_empty() { adoptable(connection, error) } else { error })?;
        programs::after(connection, &built, &placed)?;
        for warning in findings.warnings {
            report.warn(observer, warning);
        }
        observer.event(&Event::Preflight { checks: &findings.checks });
    }
    for migration in due.iter().filter(|migration| migration.up.no_transaction) {
        let revision = &migration.revision;
        report.warn(
            observer,
            format!(
                "{revision} runs outside of a transaction: where it is stopped half-way, what has run stays \
                 (transaction: off)"
            ),
        );
    }
    // Those that follow are asked once the ones before them have run.
    let mut asked = None;
    let is_half = |migration: &Migration| {
        continued.iter().any(|(revision, _, _)| revision == migration.revision.as_str())
    };
    if let Some(first) = due.first().filter(|first| !first.up.expectations.is_empty() && !is_half(first)) {
        let answers = ask_all(connection, &first.up, observer)?;
        for warning in answers.warnings() {
            report.warn(observer, warning);
        }
        if let Some(refusal) = answers.refusal(|line| Some(format!("{}:{line}", first.path.display()))) {
            return Err(refusal.with_kind(ErrorKind::Preflight).state("nothing was changed"));
        }
        asked = Some(answers.data_version);
    }
    Ok(Prepared { asked, applied, pushed, due, is_all, continued })
}

/// The refusal of a database that another tool has kept so far, with the way to adopt it.
fn adoptable(connection: &Connection, error: Error) -> Error {
    bookkeeping(connection).unwrap_or_default().iter().fold(error, |error, one| {
        let (tool, summary) = (one.tool, one.summary());
        error.next(format!(
            "db-stamp --from {} adopts it: {} has kept it so far ({summary})",
            tool.word, tool.name
        ))
    })
}

/// A dry run: every check that reads, and the list of what would be applied.
fn only_check(
    target: &Target,
    scanned: Folder,
    options: &MigrateOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Report> {
    let mut report = Report { dry_run: true, ..Report::default() };
    let due = if is_new(target) && options.create {
        check_writable(&target.database, true)?;
        let folder = scanned.ordered()?;
        let due = due(&folder, &[], options.to)?;
        recorded(&due)?;
        rust_step::check(&target.steps, &folder, &due)?;
        due
    } else {
        let connection = open_read_only(&target.database, target.wait)?;
        let _watched = target.interrupt.watch(&connection);
        let prepared = prepare(&connection, target, scanned, options, &mut report, observer)?;
        if options.rehearse && !prepared.due.is_empty() {
            let _lock =
                Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
            report.rehearsal = Some(rehearse(&connection, target, options, observer)?);
        }
        report.recorded = prepared.pushed_names();
        prepared.due
    };
    report.revisions = due.iter().map(AppliedRevision::to_be).collect();
    Ok(report)
}

/// Takes edited files for what was applied, where a person says so.
fn accept(connection: &Connection, prepared: &Prepared, options: &MigrateOptions<'_>) -> Result<()> {
    for migration in &prepared.applied {
        if options.accept_edited.iter().any(|revision| revision == migration.revision.as_str()) {
            history::accept(connection, migration)?;
        }
    }
    Ok(())
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
