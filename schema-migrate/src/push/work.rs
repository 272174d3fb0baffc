use std::cell::RefCell;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use super::ledger;
use super::standing::{Before, read};
use crate::check::drift;
use crate::diff_apply::{Around, checked, is_as_compared, refuse_open, steps};
use crate::files::Folder;
use crate::inspect::sqlite;
use crate::plan::Plan;
use crate::run::{
    Check, CheckName, CheckOutcome, Checks, Event, Lock, Observer, Report, Target, check_missing,
    check_writable, holds_nothing, open, open_read_only,
};
use crate::stamp::without_bookkeeping;
use crate::{Error, ErrorKind, Result};

/// What is to be pushed.
#[derive(Clone, Copy, Debug)]
pub struct PushRequest<'a> {
    /// The database as it was compared.
    pub before: &'a Before,
    /// The models as they are inspected.
    pub models: &'a SchemaDef,
    /// Where the plan leads: the models, and what is kept aside.
    pub wanted: &'a SchemaDef,
    /// The steps.
    pub plan: &'a Plan,
    /// A UNIQUE constraint and a unique index are two different things.
    pub strict_unique: bool,
    /// Take a backup first, where the target says where to.
    pub backup: bool,
    /// Make the database also where there are backups of one that is gone.
    pub anew: bool,
}

/// The checks of [`push`] that read only. Gives what was checked.
///
/// # Errors
/// The push would be refused.
pub fn check(target: &Target, request: &PushRequest<'_>) -> Result<Vec<Check>> {
    refuse_open(request.plan)?;
    let is_new = is_new(target);
    if is_new {
        check_writable(&target.database, true)?;
    }
    let begun = may_begin(target, request);
    let mut made = begun.made().to_vec();
    begun.finish_silently()?;
    if is_new {
        let detail = "a new database".to_owned();
        made.push(Check { name: CheckName::Folder, outcome: CheckOutcome::Passed, detail });
    } else {
        let connection = open_read_only(&target.database, target.wait)?;
        made.extend(checked(&connection, &target.database, request.plan)?);
    }
    Ok(made)
}

/// Whether a database that holds nothing may be begun.
fn may_begin(target: &Target, request: &PushRequest<'_>) -> Checks<'static> {
    let mut checks = Checks::default();
    if holds_nothing(target) {
        check_missing(target, request.anew, "db-push --new", &mut checks);
    }
    checks
}

/// Runs the steps in one transaction with the care of the runner: lock, checks, backup where the target
/// says where to, foreign keys. The same transaction writes down what was made, and ends only if the
/// database is then what the models declare. The history is left alone.
///
/// # Errors
/// As [`check`]; the database has changed since it was compared; a step fails. Everything is rolled back,
/// and so it is where [`Target::interrupt`] stops it.
pub fn push(target: &Target, request: &PushRequest<'_>, observer: &mut dyn Observer) -> Result<Report> {
    target
        .interrupt
        .over(|| push_all(target, request, observer))
        .map_err(|error| target.interrupt.told(error))
}

fn push_all(target: &Target, request: &PushRequest<'_>, observer: &mut dyn Observer) -> Result<Report> {
    refuse_open(request.plan)?;
    check_writable(&target.database, true)?;
    let folder = Folder::scan(&target.files)?.ordered()?;
    let is_new = is_new(target);
    let mut report = Report::default();
    let warnings = may_begin(target, request).finish_silently()?;
    report.warn_all(observer, warnings.iter().map(String::as_str));
    let _lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    let mut connection = open(&target.database, true, target.wait)?;
    if is_new {
        observer.event(&Event::Created { database: &target.database });
    }
    let (from, wanted) = (&request.before.schema, request.wanted);
    let stored = RefCell::new(Vec::new());
    let is_due = |connection: &Connection| {
        stored.replace(ledger::stored(connection)?);
        is_as_compared(from, &read(connection, &folder, request.models)?.schema, "db-push")
    };
    let finish = |connection: &Connection| {
        ledger::write(connection, &stored.borrow(), &request.before.ours_with(wanted))?;
        verify(connection, request)
    };
    let around = Around { from, is_due: &is_due, finish: &finish };
    let mut target = target.clone();
    if !request.backup {
        target.backups = None;
    }
    let done = steps(&mut connection, &target.database, Some(&target), &around, request.plan, observer)?;
    Ok(Report { warnings: [report.warnings, done.warnings].concat(), ..done })
}

fn is_new(target: &Target) -> bool {
    std::fs::metadata(&target.database).map_or(true, |file| file.len() == 0)
}

/// Whether the steps led where they should, on these rows and not on a scratch database.
fn verify(connection: &Connection, request: &PushRequest<'_>) -> Result<()> {
    let wanted = request.wanted;
    let live = without_bookkeeping(sqlite::schema(connection)?, wanted);
    let live = request.before.compared(wanted, live);
    let drifts = drift(&live, wanted, wanted, ("the database", "the models"), wanted, request.strict_unique)?;
    if drifts.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = drifts
        .iter()
        .map(|drift| format!("{} {} {}", drift.change.sign(), drift.change.subject(), drift.text))
        .collect();
    Err(Error::new(ErrorKind::Verification, "the steps do not lead to the models").why(lines.join("\n")))
}
