use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use schema_core::rusqlite::Connection;

use super::{MigrationTx, RustStep};
use crate::run::{Clock, Event, Observer, is_same_history};
use crate::{Error, Result, history};

/// Runs a step inside the transaction that is open. A panic in it is a failure like any other.
pub(crate) fn run(
    connection: &Connection,
    step: &RustStep,
    clock: &Clock,
    observer: &mut dyn Observer,
) -> Result<()> {
    let failed = |what: &str| Error::failed(format!("the Rust step `{}` {what}", step.name));
    observer.event(&Event::RustStep { revision: step.revision, name: step.name });
    let (begun, changes) = (Instant::now(), connection.total_changes());
    let (schema, known) = (schema(connection)?, history::read(connection)?);
    let tx = MigrationTx::new(connection, step.revision, &mut *observer, clock.interrupt());
    let done = catch_unwind(AssertUnwindSafe(|| step(&tx)));
    drop(tx);
    let ended = || {
        failed("ended the transaction of its migration")
            .why(
                "it ran COMMIT or ROLLBACK, or went on after an error with which SQLite rolls everything back; \
                 nothing of it was kept",
            )
            .next("take that statement out of the function, or give its error back: the runner commits")
    };
    match done {
        // Whatever it says itself: a statement behind its ROLLBACK fails in words of its own.
        Ok(given) if clock.guard().has_refused() => {
            clock.interrupt().check()?;
            return Err(match given {
                Err(error) => ended().source(error),
                Ok(()) => ended(),
            });
        }
        Err(panic) => {
            return Err(failed("panicked")
                .why(panic_message(panic.as_ref()))
                .next("correct the function, then run the command again"));
        }
        Ok(Err(error)) => {
            clock.interrupt().check()?;
            let why = match error.reason() {
                Some(why) => format!("{}: {why}", error.what()),
                None => error.what().to_owned(),
            };
            let told = failed("failed").with_kind(error.kind()).why(why);
            let told = error.next_steps().iter().cloned().fold(told, Error::next);
            let told = if error.next_steps().is_empty() {
                told.next("correct the function or the rows, then run the command again")
            } else {
                told
            };
            return Err(told.source(error));
        }
        Ok(Ok(())) => {}
    }
    if connection.is_autocommit() || clock.guard().has_ended() {
        clock.interrupt().check()?;
        return Err(ended());
    }
    if self::schema(connection)? != schema {
        return Err(failed("changed the schema")
            .why(
                "db-generate and db-check replay the statements of the files alone, and would not know of it",
            )
            .next(
                "write CREATE, ALTER and DROP into the file; a Rust step changes rows (TEMP tables are free)",
            ));
    }
    if !is_same_history(connection, &known) {
        return Err(history::changed(&format!(
            "the Rust step `{}` changed the table of what is applied",
            step.name
        ))
        .next("take that statement out of the function"));
    }
    observer.event(&Event::RustStepDone {
        revision: step.revision,
        name: step.name,
        duration: begun.elapsed(),
        rows: connection.total_changes() - changes,
    });
    Ok(())
}

/// What the database is made of, as SQLite stores it.
fn schema(connection: &Connection) -> Result<Vec<(String, String, Option<String>)>> {
    connection
        .prepare("SELECT type, name, sql FROM main.sqlite_schema ORDER BY type, name")
        .and_then(|mut statement| {
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?.collect()
        })
        .map_err(|error| Error::sqlite("read the schema", error))
}

/// What a panic said.
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it said nothing").to_owned()
}
