use std::time::{Duration, Instant};

use schema_core::rusqlite::Connection;

use super::after::settle;
use super::apply::{Work, apply};
use super::ask::ask_all;
use super::backup::backup_follows;
use super::lock::Lock;
use super::meter::Clock;
use super::observer::{Event, Observer};
use super::open::{open, open_read_only};
use super::preflight::{self, CheckName, Checks, Copies, Found, Placed};
use super::programs;
use super::report::{AppliedRevision, Report, state_after};
use super::retry::retried;
use super::target::Target;
use crate::files::{Folder, Migration, Script};
use crate::history::unfinished::{self, Unfinished};
use crate::history::{self, Applied};
use crate::recorded::recorded;
use crate::rust_step::{self, Direction, RustStep};
use crate::{Error, ErrorKind, Result, graph};

/// How far to go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps<'a> {
    /// The newest n revisions.
    Count(usize),
    /// Everything that was applied after this revision, which stays: back to when it was the newest. A
    /// database only goes back through states in which it has been, whatever branches it came from.
    To(&'a str),
}

/// How revisions are taken back.
#[derive(Clone, Copy, Debug)]
pub struct RollbackOptions<'a> {
    /// How far to go back.
    pub steps: Steps<'a>,
    /// Only check and list what would be taken back.
    pub dry_run: bool,
    /// Take a backup first, where the target says where to.
    pub backup: bool,
}

impl Default for RollbackOptions<'_> {
    fn default() -> Self {
        Self { steps: Steps::Count(1), dry_run: false, backup: true }
    }
}

/// Takes revisions back, newest first, with the down part that the history keeps: it belongs to
/// what was applied, also where the file is gone or was edited since.
pub fn rollback(
    target: &Target,
    options: &RollbackOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Report> {
    target.interrupt.over(|| run_all(target, options, observer)).map_err(|error| target.interrupt.told(error))
}

fn run_all(target: &Target, options: &RollbackOptions<'_>, observer: &mut dyn Observer) -> Result<Report> {
    let begun = Instant::now();
    // The way back is in the history, whatever became of the files.
    let (folder, unread) = Folder::scan_readable(&target.files)?;
    let mut report = Report { dry_run: options.dry_run, ..Report::default() };
    unread.iter().for_each(|unread| report.warn(observer, unread.told()));
    if options.dry_run {
        let connection = open_read_only(&target.database, target.wait)?;
        let history = history::read_beside(&connection, &folder)?;
        let due = due(&history, options.steps, &folder)?;
        if let Some(stays) = stays(&history, options.steps, due.len()) {
            report.warn(observer, stays);
        }
        steps_of(target, &due)?;
        if let Some(first) = due.first() {
            expected(&connection, first, &mut report, observer)?;
        }
        for (row, script) in due {
            report.revisions.push(AppliedRevision {
                revision: row.revision,
                statements: script.statements.len(),
                duration: Duration::ZERO,
                rows: 0,
                is_reversible: true,
            });
        }
        return Ok(report);
    }
    let mut checks = Checks::default();
    preflight::place(&target.database, false, &mut checks);
    if checks.has_failed() {
        checks.finish(observer)?;
        return Ok(report);
    }
    let lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    report.warn_all(observer, lock.taken_over());
    checks.check(CheckName::Lock, || Ok(Found::passed("lock free")));
    let mut connection = open(&target.database, false, target.wait)?;
    target.register(&connection)?;
    let clock = Clock::of(&mut connection, target.wait, &target.interrupt)?;
    history::fold(&connection, &folder)?;
    let history = history::read(&connection)?;
    let due = due(&history, options.steps, &folder)?;
    if let Some(stays) = stays(&history, options.steps, due.len()) {
        report.warn(observer, stays);
    }
    if due.is_empty() {
        return Ok(report);
    }
    let steps = steps_of(target, &due)?;
    let mut standing = files_of(&folder, &history);
    if let Some(error) = standing.as_ref().and_then(|files| recorded(files).err()) {
        // The way back stands in the history; the files only tell what no migration recorded.
        report.warn(observer, format!("what the files build is not known: {}", error.what()));
        standing = None;
    }
    let scripts: Vec<&Script> = due.iter().map(|(_, script)| script).collect();
    observer.event(&Event::Phase { what: "checking the integrity" });
    let copies = Copies { backup: options.backup, rehearsal: false };
    preflight::space(&connection, target, &scripts, copies, &mut checks);
    let placed: Vec<Placed<'_>> = due.iter().map(|(_, script)| (script, None)).collect();
    let built = standing.as_ref().map(recorded).transpose()?;
    let after = || match &built {
        Some(built) => programs::after(&connection, built, &placed),
        None => Ok(()),
    };
    let copied = options.backup && backup_follows(&connection, target);
    let is_whole = preflight::database(
        &connection,
        &target.database,
        &target.functions,
        &scripts,
        after,
        copied,
        &mut checks,
    );
    if let Some(built) = built.as_ref().filter(|_| is_whole) {
        checks.check(CheckName::Tables, || {
            preflight::tables(&connection, built, &placed)?;
            Ok(Found::passed("tables as recorded"))
        });
    }
    let warnings = checks.finish(observer)?;
    report.warn_all(observer, warnings.iter().map(String::as_str));
    let asked = match due.first() {
        Some(first) => expected(&connection, first, &mut report, observer)?,
        None => None,
    };
    if options.backup {
        report.take_backup(&connection, target, observer)?;
    }
    let total = due.len();
    for (position, ((row, script), step)) in due.iter().zip(steps).enumerate() {
        let recorded = standing.as_ref().map(recorded).transpose()?;
        let work = Work {
            revision: &row.revision,
            file: None,
            script,
            is_baseline: false,
            clock: &clock,
            recorded: recorded.as_ref(),
            asked: asked.filter(|_| position == 0),
            number: position + 1,
            total,
            step,
            offset: 0,
            mark: &|connection, done, begun| {
                let reached = Unfinished::new(true, script, done, begun);
                unfinished::mark(connection, &row.revision, || row.clone(), &reached)
            },
            is_due: &|connection| is_newest(connection, row),
            finish: &|connection, _, _| history::remove(connection, &row.revision),
        };
        let outcome = if script.no_transaction {
            apply(&connection, &work, observer)?
        } else {
            retried(target.retry, &connection, &target.interrupt, observer, |observer| {
                apply(&connection, &work, observer)
            })
            .map_err(|error| error.state(state_after(&report.revisions, "taken back")))?
        };
        if let Some(files) = &mut standing {
            files.pop();
        }
        if let Some(outcome) = outcome {
            report.warnings.extend(outcome.warnings);
            report.revisions.push(AppliedRevision {
                revision: row.revision.clone(),
                statements: script.statements.len(),
                duration: outcome.duration,
                rows: outcome.rows,
                is_reversible: true,
            });
        }
    }
    observer.event(&Event::Verified { models: None });
    settle(&connection, &mut report, observer);
    report.duration = begun.elapsed();
    Ok(report)
}

/// The Rust step of each way back, where it has one.
fn steps_of<'t>(target: &'t Target, due: &[(Applied, Script)]) -> Result<Vec<Option<&'t RustStep>>> {
    due.iter()
        .map(|(row, script)| rust_step::find(&target.steps, &row.revision, Direction::Down, script, None))
        .collect()
}

/// Whether the rows are as the way back expects. Gives the state of the database that was asked.
fn expected(
    connection: &Connection,
    (row, script): &(Applied, Script),
    report: &mut Report,
    observer: &mut dyn Observer,
) -> Result<Option<i64>> {
    if script.expectations.is_empty() {
        return Ok(None);
    }
    let answers = ask_all(connection, script, observer)?;
    for warning in answers.warnings() {
        report.warn(observer, warning);
    }
    match answers.refusal(|_| None) {
        None => Ok(Some(answers.data_version)),
        Some(refusal) => Err(refusal
            .with_kind(ErrorKind::Preflight)
            .place(format!("the way back of {}", row.revision))
            .state("nothing was changed")),
    }
}

/// The statements that would take revisions back, newest first.
pub fn reversible(target: &Target, steps: Steps<'_>) -> Result<Vec<(Applied, Script)>> {
    let (folder, _) = Folder::scan_readable(&target.files)?;
    due(&history::read_beside(&open_read_only(&target.database, target.wait)?, &folder)?, steps, &folder)
}

/// What a person who names a revision might not expect: revisions of another branch that stay, since this
/// database had them before.
fn stays(history: &[Applied], steps: Steps<'_>, taken: usize) -> Option<String> {
    let Steps::To(_) = steps else { return None };
    let left = &history[..history.len().saturating_sub(taken)];
    let mut needed: Vec<&str> = Vec::new();
    let mut others: Vec<&str> = Vec::new();
    for row in left.iter().rev() {
        let revision = row.revision.as_str();
        if needed.is_empty() || needed.contains(&revision) {
            needed.push(revision);
            needed.extend(row.parents.iter().map(String::as_str));
        } else {
            others.push(revision);
        }
    }
    let oldest = others.last()?;
    let deeper = left.iter().rev().take_while(|row| row.revision != *oldest).count() + 1;
    let stay = if others.len() == 1 { "stays" } else { "stay" };
    Some(format!(
        "{} {stay} applied, on another branch: this database had it before {}. Taking {deeper} more back goes further",
        others.join(", "),
        left.last().map(|row| row.revision.as_str()).unwrap_or_default()
    ))
}

pub(super) fn due(history: &[Applied], steps: Steps<'_>, folder: &Folder) -> Result<Vec<(Applied, Script)>> {
    unfinished::refuse(history, &[])?;
    let revisions: Vec<&str> = history.iter().map(|row| row.revision.as_str()).collect();
    let count = match steps {
        Steps::Count(count) if count > history.len() => {
            let noun = if count == 1 { "revision" } else { "revisions" };
            let applied = match history.len() {
                0 => "none is applied".to_owned(),
                1 => "1 is applied".to_owned(),
                several => format!("{several} are applied"),
            };
            return Err(Error::usage(format!("{count} {noun} cannot be taken back"))
                .why(applied)
                .state("nothing was changed")
                .next("db-status lists the revisions"));
        }
        Steps::Count(count) => count,
        Steps::To(named) => {
            let revision =
                graph::find(&revisions, named).map_err(|error| not_applied(folder, named, error))?;
            revisions.iter().rev().take_while(|other| **other != revision).count()
        }
    };
    let mut found = Vec::new();
    for row in history.iter().rev().take(count) {
        let script = Script::read(&row.down_sql).map_err(|error| {
            Error::failed(format!("the history keeps no readable way back for {}", row.revision))
                .why(error.to_string())
                .state("nothing was changed")
                .next("restore a backup that was taken before the revision")
        })?;
        let does_nothing = folder.get(&row.revision).is_some_and(|migration| migration.up.only_maintains());
        if script.is_empty() && !does_nothing {
            let why = script.remark.clone().unwrap_or_else(|| "its down part is empty".to_owned());
            return Err(Error::new(ErrorKind::Preflight, format!("{} cannot be taken back", row.revision))
                .why(why)
                .state("nothing was changed")
                .next("restore a backup that was taken before it, or write a new migration (db-generate --empty)"));
        }
        found.push((row.clone(), script));
    }
    Ok(found)
}

/// A revision that is in the folder and not applied is none to go back to.
fn not_applied(folder: &Folder, named: &str, error: Error) -> Error {
    let Ok(migration) = folder.find(named) else { return error };
    let revision = &migration.revision;
    Error::usage(format!("{revision} is not applied"))
        .why("a rollback goes back to a revision that stays, and this one is pending")
        .place(migration.path.display().to_string())
        .state("nothing was changed")
        .next(format!("db-migrate --to {revision} applies it"))
        .next("db-history lists what is applied")
}

/// The files of what is applied, in the order of the history; `None` where one is gone or edited,
/// since nobody knows then what is recorded.
fn files_of(folder: &Folder, history: &[Applied]) -> Option<Vec<Migration>> {
    history
        .iter()
        .map(|row| {
            folder.get(&row.revision).filter(|migration| migration.up_checksum == row.up_checksum).cloned()
        })
        .collect()
}

fn is_newest(connection: &Connection, row: &Applied) -> Result<bool> {
    let history = history::read(connection)?;
    match history.last() {
        Some(newest) if newest.revision == row.revision => Ok(true),
        _ if history.iter().any(|other| other.revision == row.revision) => {
            Err(Error::failed(format!("{} is no longer the newest revision", row.revision))
                .why("another program has migrated the database in the meantime")
                .next("db-status says where the database stands"))
        }
        _ => Ok(false),
    }
}
