use std::path::Path;
use std::time::{Duration, Instant};

use schema_core::model::SchemaDef;
use schema_core::rusqlite::{self, Connection, ErrorCode};

use super::alone;
use super::ask;
use super::carry::Carried;
use super::copied;
use super::foreign_keys::Violations;
use super::left_behind;
use super::meter::Clock;
use super::observer::{Event, Observer};
use super::offending;
use super::probe;
use super::renames::Renames;
use super::settings::Settings;
use super::trace::{Effect, effect};
use super::unknown;
use crate::files::{FileStatement, Script};
use crate::history::{self, Applied};
use crate::plan::sqlite::statistics::Statistics;
use crate::recorded::shown;
use crate::rust_step::{self, Direction, RustStep};
use crate::{Error, ErrorKind, Result};

/// What is to be done in one transaction.
pub(crate) struct Work<'a> {
    /// The revision, or what stands for one.
    pub(crate) revision: &'a str,
    /// The file whose lines the statements have.
    pub(crate) file: Option<&'a Path>,
    pub(crate) script: &'a Script,
    /// Whether the script builds what another program had: a foreign key to columns that are no key is
    /// then what it was there, and no row is the worse for it.
    pub(crate) is_baseline: bool,
    /// Counts what the connection does.
    pub(crate) clock: &'a Clock,
    /// What migrations record so far, where that is known.
    pub(crate) recorded: Option<&'a SchemaDef>,
    /// The state of the database in which its rows were found to be as the script expects.
    pub(crate) asked: Option<i64>,
    /// Which of how many.
    pub(crate) number: usize,
    pub(crate) total: usize,
    /// Whether it is still to be done, asked inside the transaction.
    pub(crate) is_due: &'a dyn Fn(&Connection) -> Result<bool>,
    /// The Rust function that belongs to the script, and where it stands.
    pub(crate) step: Option<&'a RustStep>,
    /// Statements of the script that ran before, where it runs outside of a transaction.
    pub(crate) offset: usize,
    /// Writes down how many statements have run and were begun, where it runs outside of a transaction.
    pub(crate) mark: &'a dyn Fn(&Connection, usize, usize) -> Result<()>,
    /// What else belongs into the transaction: the history row.
    pub(crate) finish: &'a dyn Fn(&Connection, Duration, u64) -> Result<()>,
}

/// What one transaction did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) duration: Duration,
    pub(crate) rows: u64,
    /// What a person should know, such as objects that were carried through a rebuild.
    pub(crate) warnings: Vec<String>,
}

/// Does the work in one transaction, wholly or not at all. `None` if it was done by somebody else
/// in the meantime. The settings of the connection are afterwards what they were before.
pub(crate) fn apply(
    connection: &Connection,
    work: &Work<'_>,
    observer: &mut dyn Observer,
) -> Result<Option<Outcome>> {
    if work.script.no_transaction {
        return alone::apply(connection, work, observer);
    }
    let begun = Instant::now();
    let interrupt = work.clock.interrupt();
    interrupt.check()?;
    // Rolls back whatever is not committed when it is dropped.
    let settings = Settings::switch(connection, work.script.runs_without_foreign_keys())?;
    connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| sqlite("begin the transaction", error))?;
    if !(work.is_due)(connection)? {
        return Ok(None);
    }
    observer.event(&Event::Begin {
        number: work.number,
        total: work.total,
        revision: work.revision,
        statements: work.script.statements.len(),
    });
    let done = work.clock.guard().watch(|| inside(connection, work, begun, observer)).and_then(|outcome| {
        // From here on nothing stops it.
        interrupt.check()?;
        connection.execute_batch("COMMIT").map_err(|error| sqlite("commit the transaction", error))?;
        Ok(outcome)
    });
    drop(settings);
    match &done {
        Ok(outcome) => observer.event(&Event::Done {
            number: work.number,
            total: work.total,
            revision: work.revision,
            statements: work.script.statements.len(),
            duration: outcome.duration,
            rows: outcome.rows,
        }),
        Err(_) => observer.event(&Event::Failed {
            number: work.number,
            total: work.total,
            revision: work.revision,
            duration: begun.elapsed(),
        }),
    }
    done.map(Some).map_err(|error| interrupt.told(error))
}

fn inside(
    connection: &Connection,
    work: &Work<'_>,
    begun: Instant,
    observer: &mut dyn Observer,
) -> Result<Outcome> {
    let mut warnings = expected(connection, work, observer)?;
    let before = Violations::read(connection)?;
    let was_broken = probe::broken(connection).is_some();
    let statistics = Statistics::read(connection)?;
    let first_change = connection.total_changes();
    let known = if work.file.is_some() { history::read(connection)? } else { Vec::new() };
    let mut carried = Carried::default();
    run_step(connection, work, Direction::Down, observer)?;
    let total = work.script.statements.len();
    for (position, statement) in work.script.statements.iter().enumerate() {
        let number = position + 1;
        work.clock.interrupt().check()?;
        if let Effect::Drop(table) = effect(&statement.sql) {
            carried.note(connection, &table, work.recorded)?;
            if let Some(text) = copied::difference(
                connection,
                &table,
                &work.script.statements[..position],
                &work.script.statements[number..],
            )? {
                observer.event(&Event::Warning { text: &text });
                warnings.push(text);
            }
        }
        let meter = work.clock.meter(connection, &statement.sql);
        observer.event(&Event::Statement {
            number,
            total,
            line: statement.line,
            sql: &statement.sql,
            meter: meter.as_ref(),
        });
        let (started, changes) = (Instant::now(), connection.total_changes());
        unknown::run(connection, &statement.sql)
            .map_err(|error| refused(connection, work, number, statement, error))?;
        if work.clock.guard().has_ended() {
            return Err(ended(work, number, statement));
        }
        observer.event(&Event::StatementDone {
            number,
            total,
            line: statement.line,
            duration: started.elapsed(),
            rows: connection.total_changes() - changes,
        });
    }
    connection.execute_batch("PRAGMA legacy_alter_table=OFF")?;
    warnings.extend(carried.restore(connection, work.recorded, observer)?);
    // Those of an index that was carried over, too.
    statistics.restore(connection)?;
    if work.file.is_some() && !is_same_history(connection, &known) {
        let error = history::changed("the migration changed the table of what is applied");
        return Err(placed(error.next("take the statement out of the file"), work, None));
    }
    run_step(connection, work, Direction::Up, observer)?;
    let rows = connection.total_changes() - first_change;
    check_foreign_keys(connection, &before, work)?;
    if !was_broken && let Some(broken) = probe::broken(connection) {
        return Err(placed(
            Error::failed("a view or trigger no longer works after the migration")
                .why(broken)
                .next("change or drop it in the same migration"),
            work,
            None,
        ));
    }
    (work.finish)(connection, begun.elapsed(), rows)?;
    Ok(Outcome { duration: begun.elapsed(), rows, warnings })
}

/// Runs the Rust function of the script, where this is its place.
fn run_step(
    connection: &Connection,
    work: &Work<'_>,
    place: Direction,
    observer: &mut dyn Observer,
) -> Result<()> {
    match work.step.filter(|step| step.direction == place) {
        Some(step) => {
            rust_step::run(connection, step, work.clock, observer).map_err(|error| place_of_file(error, work))
        }
        None => Ok(()),
    }
}

/// Whether the rows are what the script expects, unless that is known already. Gives what a person
/// should know about them.
pub(super) fn expected(
    connection: &Connection,
    work: &Work<'_>,
    observer: &mut dyn Observer,
) -> Result<Vec<String>> {
    if work.script.expectations.is_empty() || work.asked == Some(ask::data_version(connection)?) {
        return Ok(Vec::new());
    }
    let asked = ask::ask_all(connection, work.script, observer)?;
    match asked.refusal(|line| Some(place(work, Some(line)))) {
        Some(refusal) => Err(refusal),
        None => Ok(asked.warnings()),
    }
}

pub(super) fn refused(
    connection: &Connection,
    work: &Work<'_>,
    number: usize,
    statement: &FileStatement,
    error: rusqlite::Error,
) -> Error {
    let total = work.offset + work.script.statements.len();
    let kind = kind(&error);
    let offending =
        offending::rows(connection, &statement.sql).map(|rows| format!("\n{rows}")).unwrap_or_default();
    let next = match kind {
        ErrorKind::Locked => "let the other program finish, then run the command again",
        _ if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => {
            "change the rows that the statement refuses, or the statement, then run the command again"
        }
        _ if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
            "make room on the disk, then run the command again"
        }
        _ => "correct the statement, then run the command again",
    };
    let next = unknown::of(&error).map_or_else(|| next.to_owned(), |unknown| unknown::next(&unknown));
    let error = Error::new(kind, format!("statement {number} of {total} failed"))
        .why(format!(
            "{}\n{}{offending}",
            lasting_names(&error.to_string(), work.script),
            shown(&statement.sql)
        ))
        .next(next)
        .source(error);
    placed(error, work, Some(statement.line))
}

/// The message with the names that tables will have: in a rebuild SQLite speaks of the new table under
/// the name that it has for a while.
fn lasting_names(message: &str, script: &Script) -> String {
    let effects: Vec<Effect> = script.statements.iter().map(|statement| effect(&statement.sql)).collect();
    let is_made =
        |name: &str| effects.iter().any(|effect| matches!(effect, Effect::Create(made) if made == name));
    effects.iter().fold(message.to_owned(), |message, effect| match effect {
        Effect::Rename { from, to } if is_made(from) => {
            message.replace(&format!("{from}."), &format!("{to}."))
        }
        _ => message,
    })
}

/// Whether what is recorded as applied is still what it was.
pub(crate) fn is_same_history(connection: &Connection, known: &[Applied]) -> bool {
    history::read(connection).is_ok_and(|rows| rows == known)
}

fn ended(work: &Work<'_>, number: usize, statement: &FileStatement) -> Error {
    let total = work.offset + work.script.statements.len();
    let error =
        Error::failed(format!("statement {number} of {total} ended the transaction of its migration"))
            .why(format!("everything was rolled back\n{}", shown(&statement.sql)))
            .next("take it out of the file: the runner commits");
    placed(error, work, Some(statement.line))
}

pub(super) fn check_foreign_keys(
    connection: &Connection,
    before: &Violations,
    work: &Work<'_>,
) -> Result<()> {
    let names = Renames::of(work.script);
    let mut found = Violations::read(connection)?.new_since(&before.renamed(&names));
    found.retain(|(violation, _)| !(work.is_baseline && violation.is_mismatch()));
    match left_behind::error(connection, &found, &names) {
        Some(error) => Err(placed(error, work, None)),
        None => Ok(()),
    }
}

/// Puts the place of the statement, or of the first one, into an error.
fn placed(error: Error, work: &Work<'_>, line: Option<usize>) -> Error {
    let line = line.or_else(|| work.script.statements.first().map(|statement| statement.line));
    if work.file.is_none() && line.is_none() { error } else { error.place(place(work, line)) }
}

/// Puts the file into an error that belongs to no statement of it.
pub(super) fn place_of_file(error: Error, work: &Work<'_>) -> Error {
    match work.file {
        Some(file) => error.place(file.display().to_string()),
        None => error,
    }
}

fn place(work: &Work<'_>, line: Option<usize>) -> String {
    match (work.file, line) {
        (Some(file), Some(line)) => format!("{}:{line}", file.display()),
        (Some(file), None) => file.display().to_string(),
        (None, Some(line)) => format!("{}, line {line}", work.revision),
        (None, None) => work.revision.to_owned(),
    }
}

pub(super) fn sqlite(doing: &str, error: rusqlite::Error) -> Error {
    let kind = kind(&error);
    let next = match kind {
        ErrorKind::Locked => "let the other program finish, then run the command again",
        _ => "db-status says where the database stands",
    };
    Error::sqlite(doing, error).with_kind(kind).next(next)
}

fn kind(error: &rusqlite::Error) -> ErrorKind {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => ErrorKind::Locked,
        Some(ErrorCode::DatabaseCorrupt) => ErrorKind::Verification,
        _ => ErrorKind::Failed,
    }
}
