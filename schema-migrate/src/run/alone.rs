//! Statements that run outside of a transaction, each by itself, with a mark of how far they have come.

use std::time::Instant;

use schema_core::rusqlite::{self, Connection};

use super::apply::{Outcome, Work, check_foreign_keys, expected, place_of_file, refused, sqlite};
use super::foreign_keys::Violations;
use super::observer::{Event, Observer};
use super::settings::Settings;
use super::unknown;
use crate::{Error, Next, Result};

/// Does the work statement by statement, and says of an error what has run.
pub(super) fn apply(
    connection: &Connection,
    work: &Work<'_>,
    observer: &mut dyn Observer,
) -> Result<Option<Outcome>> {
    one_by_one(connection, work, observer).map_err(|error| match error.data_state() {
        Some(_) => error,
        None => work.clock.interrupt().told(error).state(format!("nothing of {} was run", work.revision)),
    })
}

/// Does the work statement by statement. What has run stays when one fails, and the mark says how far.
fn one_by_one(
    connection: &Connection,
    work: &Work<'_>,
    observer: &mut dyn Observer,
) -> Result<Option<Outcome>> {
    let begun = Instant::now();
    let (interrupt, offset) = (work.clock.interrupt(), work.offset);
    let total = offset + work.script.statements.len();
    interrupt.check()?;
    let settings = Settings::switch(connection, work.script.runs_without_foreign_keys())?;
    // The mark is what keeps others from beginning it, too.
    connection.execute_batch("BEGIN IMMEDIATE").map_err(|error| sqlite("begin the transaction", error))?;
    if !(work.is_due)(connection)? {
        return Ok(None);
    }
    let warnings = expected(connection, work, observer)?;
    let before = Violations::read(connection)?;
    let mark = |done: usize, begun: usize| (work.mark)(connection, done, begun);
    mark(offset, offset)?;
    commit(connection)?;
    observer.event(&Event::Begin {
        number: work.number,
        total: work.total,
        revision: work.revision,
        statements: work.script.statements.len(),
    });
    let mut rows = 0;
    let mut all = || -> Result<()> {
        for (number, statement) in (offset + 1..).zip(&work.script.statements) {
            interrupt.check()?;
            mark(number - 1, number)?;
            let meter = work.clock.meter(connection, &statement.sql);
            observer.event(&Event::Statement {
                number,
                total,
                line: statement.line,
                sql: &statement.sql,
                meter: meter.as_ref(),
            });
            let (started, changes) = (Instant::now(), connection.total_changes());
            if let Err(error) = unknown::run(connection, &statement.sql) {
                // SQLite undoes a statement that fails: it has not run.
                mark(number - 1, number - 1)?;
                return Err(refused(connection, work, number, statement, error));
            }
            mark(number, number)?;
            let touched = connection.total_changes() - changes;
            rows += touched;
            observer.event(&Event::StatementDone {
                number,
                total,
                line: statement.line,
                duration: started.elapsed(),
                rows: touched,
            });
        }
        check_foreign_keys(connection, &before, work)?;
        connection
            .execute_batch("BEGIN IMMEDIATE")
            .map_err(|error| sqlite("begin the transaction", error))?;
        (work.finish)(connection, begun.elapsed(), rows)?;
        commit(connection)
    };
    let done = all();
    drop(settings);
    match done {
        Ok(()) => {
            observer.event(&Event::Done {
                number: work.number,
                total: work.total,
                revision: work.revision,
                statements: work.script.statements.len(),
                duration: begun.elapsed(),
                rows,
            });
            Ok(Some(Outcome { duration: begun.elapsed(), rows, warnings }))
        }
        Err(error) => {
            observer.event(&Event::Failed {
                number: work.number,
                total: work.total,
                revision: work.revision,
                duration: begun.elapsed(),
            });
            Err(told(interrupt.told(error), work))
        }
    }
}

fn told(error: Error, work: &Work<'_>) -> Error {
    let error = if error.location().is_none() { place_of_file(error, work) } else { error };
    error
        .state(format!("{} runs outside of a transaction: what has run of it stays", work.revision))
        .without_next()
        .next(
            Next::new("correct what has not run, then db-migrate --resolve ")
                .word(format_args!("{}=continue", work.revision))
                .own("; db-migrate names the other ways"),
        )
        .next("db-status says how far it came")
}

fn commit(connection: &Connection) -> Result<()> {
    connection
        .execute_batch("COMMIT")
        .map_err(|error: rusqlite::Error| sqlite("commit the transaction", error))
}
