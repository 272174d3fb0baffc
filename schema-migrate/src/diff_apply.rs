//! Runs a plan on a database that keeps no history.

use std::path::{Path, PathBuf};
use std::time::Instant;

use schema_core::function::Functions;
use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_core::rusqlite::config::DbConfig;

use crate::diff::{Answers, compare};
use crate::files::{FileExpectation, FileStatement, Script};
use crate::inspect::sqlite;
use crate::plan::Plan;
use crate::run::{
    self, AppliedRevision, Check, Checks, Clock, Event, Interrupt, Lock, Observer, Report, Silent, Target,
    Work, check_database, open,
};
use crate::{Error, ErrorKind, Next, Result};

/// Runs the up steps of a plan on the database in one transaction, with the care of the runner:
/// lock, checks, backup, foreign keys. `from` is the schema that the plan was made for; a database
/// that has changed since is refused. No history row is written.
///
/// # Errors
/// The plan waits for an answer, the checks refuse it, the database has changed, or a step fails: everything
/// is rolled back. So it is where [`Target::interrupt`] stops it.
pub fn apply(target: &Target, from: &SchemaDef, plan: &Plan, observer: &mut dyn Observer) -> Result<Report> {
    let done = target.interrupt.over(|| apply_file(target, from, plan, observer));
    done.map_err(|error| match target.interrupt.told(error) {
        // A database that nobody keeps a history of has no status.
        error if error.kind() == ErrorKind::Interrupted => {
            error.without_next().next("run the command again: it compares anew")
        }
        error => error,
    })
}

fn apply_file(target: &Target, from: &SchemaDef, plan: &Plan, observer: &mut dyn Observer) -> Result<Report> {
    refuse_open(plan)?;
    run::check_writable(&target.database, false)?;
    let _lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    let mut connection = open(&target.database, false, target.wait)?;
    let is_due = |connection: &Connection| is_as_compared(from, &sqlite::schema(connection)?, "db-diff");
    let around = Around { from, is_due: &is_due, finish: &|_| Ok(()) };
    steps(&mut connection, &target.database, Some(target), &around, plan, observer)
}

/// What stands around the steps of a plan.
pub(crate) struct Around<'a> {
    /// The schema that the plan was made for.
    pub(crate) from: &'a SchemaDef,
    /// Whether it is still that, asked inside the transaction.
    pub(crate) is_due: &'a dyn Fn(&Connection) -> Result<bool>,
    /// What else belongs into the transaction.
    pub(crate) finish: &'a dyn Fn(&Connection) -> Result<()>,
}

/// Whether a schema is still the one that was compared.
pub(crate) fn is_as_compared(from: &SchemaDef, live: &SchemaDef, command: &'static str) -> Result<bool> {
    if compare(from, live, live, &Answers::unasked(false))?.is_empty() {
        return Ok(true);
    }
    Err(Error::failed("the database has changed since the plan was made")
        .why("its schema is no longer the one that was compared")
        .next(Next::new("run ").own(command).own(" again")))
}

/// The checks of [`apply`] that read only: whether the database is sound, and whether SQLite can take these
/// steps without the application. Gives what was checked.
///
/// # Errors
/// The plan would be refused.
pub fn check(target: &Target, plan: &Plan) -> Result<Vec<Check>> {
    refuse_open(plan)?;
    checked(&run::open_read_only(&target.database, target.wait)?, &target.database, plan)
}

pub(crate) fn checked(connection: &Connection, path: &Path, plan: &Plan) -> Result<Vec<Check>> {
    let mut checks = Checks::default();
    check_database(connection, path, &Functions::default(), &[&script(plan)], || Ok(()), false, &mut checks);
    let made = checks.made().to_vec();
    checks.finish(&mut Silent).map(|_| made)
}

/// Runs a plan on a connection that the caller has, such as one to a database in memory: with the checks
/// and the care for foreign keys, without a lock and a backup. Triggers of the connection itself are
/// there afterwards as before.
///
/// # Errors
///
/// Also where a transaction is open on the connection: foreign keys can be switched only outside of
/// one, and a rebuild inside would empty child tables. Nothing is changed then.
pub fn apply_on(
    connection: &mut Connection,
    from: &SchemaDef,
    plan: &Plan,
    observer: &mut dyn Observer,
) -> Result<Report> {
    if !connection.is_autocommit() {
        return Err(Error::new(ErrorKind::Preflight, "a transaction is open on this connection")
            .why("foreign keys can be switched only outside of one, and the plan brings a transaction of its own")
            .state("nothing was changed")
            .next("commit or roll back first"));
    }
    refuse_open(plan)?;
    // What the application forbids on its connection, old texts may hold.
    let quirks = [
        (DbConfig::SQLITE_DBCONFIG_DQS_DDL, true),
        (DbConfig::SQLITE_DBCONFIG_DQS_DML, true),
        (DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, false),
    ];
    let mut before = Vec::with_capacity(quirks.len());
    for (setting, on) in quirks {
        before.push((setting, connection.db_config(setting)?));
        connection.set_db_config(setting, on)?;
    }
    let path = PathBuf::from(connection.path().filter(|path| !path.is_empty()).unwrap_or("in memory"));
    let is_due = |connection: &Connection| is_as_compared(from, &sqlite::schema(connection)?, "db-diff");
    let around = Around { from, is_due: &is_due, finish: &|_| Ok(()) };
    let done = steps(connection, &path, None, &around, plan, observer);
    for (setting, on) in before {
        connection.set_db_config(setting, on)?;
    }
    connection.progress_handler(0, None::<fn() -> bool>)?;
    done
}

pub(crate) fn steps(
    connection: &mut Connection,
    path: &Path,
    target: Option<&Target>,
    around: &Around<'_>,
    plan: &Plan,
    observer: &mut dyn Observer,
) -> Result<Report> {
    let begun = Instant::now();
    let clock = match target {
        Some(target) => Clock::of(connection, target.wait, &target.interrupt)?,
        None => Clock::on(connection, &Interrupt::default())?,
    };
    let script = script(plan);
    let mut report = Report::default();
    if script.statements.is_empty() {
        return Ok(report);
    }
    observer.event(&Event::Phase { what: "checking the integrity" });
    let mut checks = Checks::default();
    check_database(connection, path, &Functions::default(), &[&script], || Ok(()), false, &mut checks);
    for text in checks.finish(observer)? {
        observer.event(&Event::Warning { text: &text });
        report.warnings.push(text);
    }
    let asked = run::ask_all(connection, &script, observer)?;
    for text in asked.warnings() {
        observer.event(&Event::Warning { text: &text });
        report.warnings.push(text);
    }
    if let Some(refusal) = asked.refusal(|_| None) {
        return Err(refusal.with_kind(ErrorKind::Preflight).state("nothing was changed"));
    }
    if let Some(target) = target {
        report.take_backup(connection, target, observer)?;
    }
    let work = Work {
        revision: "the plan",
        file: None,
        script: &script,
        is_baseline: false,
        clock: &clock,
        recorded: Some(around.from),
        asked: Some(asked.data_version),
        number: 1,
        total: 1,
        step: None,
        offset: 0,
        mark: &|_, _, _| Ok(()),
        is_due: around.is_due,
        finish: &|connection, _, _| (around.finish)(connection),
    };
    let outcome = run::apply(connection, &work, observer)
        .map_err(|error| error.state("everything was rolled back; nothing was changed"))?;
    if let Some(outcome) = outcome {
        report.warnings.extend(outcome.warnings);
        report.revisions.push(AppliedRevision {
            revision: String::new(),
            statements: script.statements.len(),
            duration: outcome.duration,
            rows: outcome.rows,
            is_reversible: false,
        });
    }
    observer.event(&Event::Verified { models: None });
    report.duration = begun.elapsed();
    Ok(report)
}

fn script(plan: &Plan) -> Script {
    Script {
        statements: plan
            .up
            .iter()
            .enumerate()
            .map(|(position, step)| FileStatement { sql: step.sql.clone(), line: position + 1 })
            .collect(),
        engine: Some(plan.minimum_engine),
        foreign_keys_off: plan.foreign_keys_off,
        expectations: plan
            .expectations
            .iter()
            .map(|expectation| FileExpectation { expectation: expectation.clone(), line: 1 })
            .collect(),
        ..Script::default()
    }
}

pub(crate) fn refuse_open(plan: &Plan) -> Result<()> {
    if let Some(blocked) = plan.blocked.first() {
        let error = Error::new(ErrorKind::Answer, "a change waits for a value").why(blocked.to_string());
        return Err(blocked
            .flags
            .iter()
            .fold(error.state("nothing was changed"), |error, flag| error.next(flag.clone())));
    }
    if let Some(loss) = plan.open_losses().next() {
        let error = Error::new(ErrorKind::Answer, "data would be lost").why(loss.to_string());
        return Err(loss.flags().into_iter().fold(error.state("nothing was changed"), Error::next));
    }
    Ok(())
}
