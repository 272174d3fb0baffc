use std::time::Duration;

use schema_core::rusqlite::Connection;

use super::ledger;
use super::owned::Names;
use crate::check::drift;
use crate::files::Migration;
use crate::history::{self, Applied};
use crate::inspect::sqlite;
use crate::recorded::{recorded, replay, run};
use crate::stamp::{in_transaction, without_bookkeeping};
use crate::{Error, ErrorKind, Result};

/// How many of the migrations that are due have nothing left to do, since a push has made what they build.
/// The fewest: one that only changes rows is run.
///
/// # Errors
/// The database was pushed, and is what none of them builds.
pub(crate) fn reached(connection: &Connection, applied: &[Migration], due: &[Migration]) -> Result<usize> {
    let pushed = ledger::read(connection)?;
    if pushed.is_empty() || due.is_empty() {
        return Ok(0);
    }
    let all = recorded(applied.iter().chain(due))?;
    let scratch = replay(applied)?;
    let mut built = sqlite::schema(&scratch)?;
    let mut names = Names::of(&built);
    names.add(&all);
    names.add_pushed(&pushed);
    let (live, _) = names.only(without_bookkeeping(sqlite::schema(connection)?, &all));
    let sides = ("the database", "the migrations");
    let mut drifts = drift(&live, &built, &built, sides, &built, false)?;
    for (number, migration) in due.iter().enumerate() {
        if drifts.is_empty() {
            return Ok(number);
        }
        run(&scratch, migration, &migration.up)?;
        built = sqlite::schema(&scratch)?;
        drifts = drift(&live, &built, &built, sides, &built, false)?;
    }
    if drifts.is_empty() {
        return Ok(due.len());
    }
    let lines: Vec<String> = drifts
        .iter()
        .map(|drift| format!("{} {}   {}", drift.change.sign(), drift.change.subject(), drift.text))
        .collect();
    Err(Error::new(ErrorKind::Preflight, "the database was pushed and is not what the migrations build")
        .why(format!("with everything that is pending they differ:\n{}", lines.join("\n")))
        .state("nothing was changed")
        .next("db-generate writes what the models have and the migrations lack, then db-migrate records it")
        .next("db-check shows the differences; db-reset builds the database anew from the migrations"))
}

/// Records migrations as applied that a push has made unnecessary. What was pushed is then theirs.
pub(crate) fn record(connection: &Connection, applied: &[Migration], due: &[Migration]) -> Result<()> {
    in_transaction(connection, || {
        // Compared again where nothing can change any more.
        if reached(connection, applied, due)? != due.len() {
            return Err(Error::failed("the database has changed since it was compared")
                .state("nothing was changed")
                .next("run the command again"));
        }
        for migration in due {
            history::insert(connection, &Applied::now(migration, Duration::ZERO, 0))?;
        }
        ledger::forget(connection)
    })
}
