//! Every migration up, down and up again on filled scratch databases.

use std::time::{Duration, Instant};

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_ops::integrity;

use crate::diff::{Answers, Change, compare};
use crate::files::{Folder, Migration};
use crate::inspect::{scratch, sqlite};
use crate::proof::{Stop, cells, copy, count, difference, fill, fitting, run, whole};
use crate::{Error, ErrorKind, Result};

/// A migration that went up, and down and up again where it has a way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The revision.
    pub revision: String,
    /// How many invented rows it went over.
    pub rows: usize,
    /// Tables that were empty: no invented rows fit them, or what the migration asks of them.
    pub empty: Vec<String>,
    /// Why there is no way back, where there is none.
    pub irreversible: Option<String>,
    /// Why the way back was tried on empty tables only, where it was.
    pub down_on_empty: Option<String>,
    /// Where a value is another after the way back, in words: the first of each table.
    pub not_restored: Vec<String>,
    /// Its Rust steps, which were not run.
    pub rust_steps: Vec<String>,
    /// How long it took.
    pub duration: Duration,
}

/// Tries every migration of a folder, in order: on a scratch database that those before it have built and
/// that is filled with invented rows, up has to run and to leave integrity and foreign keys in order, down has
/// to give the schema of before, and up again that of after. `tried` is called after each.
///
/// # Errors
/// The first that fails, with its file and line.
pub fn test_migrations(folder: &Folder, tried: &mut dyn FnMut(&Tried)) -> Result<Vec<Tried>> {
    let bare = scratch()?;
    let mut all = Vec::new();
    for migration in folder.migrations() {
        let one = try_out(&bare, migration).map_err(|error| error.state("no database was touched"))?;
        tried(&one);
        all.push(one);
        run(&bare, migration, &migration.up).map_err(|stop| stop.error.state("no database was touched"))?;
    }
    Ok(all)
}

fn try_out(bare: &Connection, migration: &Migration) -> Result<Tried> {
    let begun = Instant::now();
    let before = sqlite::schema(bare)?;
    let filled = copy(bare)?;
    let mut empty = fill(&filled, &before);
    let up = fitting(filled, &before, |base| up(base, migration)).map_err(|stop| stop.error)?;
    empty.extend(up.emptied);
    empty.sort();
    empty.dedup();
    let after = sqlite::schema(&up.outcome)?;
    let rows = before.tables.iter().map(|table| count(&up.base, &table.name)).sum::<Result<usize>>()?;
    let mut one = Tried {
        revision: migration.revision.to_string(),
        rows,
        empty,
        irreversible: None,
        down_on_empty: None,
        not_restored: Vec::new(),
        rust_steps: migration.rust_steps().map(str::to_owned).collect(),
        duration: Duration::ZERO,
    };
    if migration.is_irreversible() {
        let why = migration.down.remark.clone();
        one.irreversible = Some(why.unwrap_or_else(|| "its down part is empty".to_owned()));
    } else {
        let circle = Circle { migration, before: &before, after: &after };
        match circle.round(&up.outcome) {
            Ok(back) => one.not_restored = changed(&before, &up.base, &back)?,
            Err(stop) if stop.statement.is_none() => return Err(stop.error),
            // The rows are invented, and may be none that the way back can take.
            Err(on_rows) => {
                circle
                    .round(&self::up(bare, migration).map_err(|stop| stop.error)?)
                    .map_err(|stop| stop.error)?;
                let why = on_rows.error.reason().and_then(|why| why.lines().next()).unwrap_or_default();
                one.down_on_empty = Some(why.to_owned());
            }
        }
    }
    one.duration = begun.elapsed();
    Ok(one)
}

/// A copy of the database after the way up.
fn up(base: &Connection, migration: &Migration) -> Result<Connection, Stop> {
    let database = copy(base)?;
    run(&database, migration, &migration.up)?;
    if let Some(fault) = integrity(&database)?.faults {
        return Err(failed(migration, "up", "leaves the database damaged", &fault).into());
    }
    Ok(database)
}

/// The way down and up again.
struct Circle<'a> {
    migration: &'a Migration,
    before: &'a SchemaDef,
    after: &'a SchemaDef,
}

impl Circle<'_> {
    /// Gives the database after the way down.
    fn round(&self, above: &Connection) -> Result<Connection, Stop> {
        let back = copy(above)?;
        run(&back, self.migration, &self.migration.down)?;
        self.gives(&back, self.before, "down", "does not give the schema of before")?;
        let again = copy(&back)?;
        run(&again, self.migration, &self.migration.up)?;
        self.gives(&again, self.after, "up again", "gives another schema than the first time")?;
        Ok(back)
    }

    fn gives(
        &self,
        database: &Connection,
        wanted: &SchemaDef,
        direction: &str,
        what: &str,
    ) -> Result<(), Stop> {
        let left: Vec<Change> =
            compare(&sqlite::schema(database)?, wanted, wanted, &Answers::unasked(true))?.changes;
        if !left.is_empty() {
            let lines: Vec<String> = left
                .iter()
                .map(|change| change.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
                .collect();
            let why = format!("these changes are left:\n{}", lines.join("\n"));
            return Err(failed(self.migration, direction, what, &why).into());
        }
        match integrity(database)?.faults {
            None => Ok(()),
            Some(fault) => {
                Err(failed(self.migration, direction, "leaves the database damaged", &fault).into())
            }
        }
    }
}

fn failed(migration: &Migration, direction: &str, what: &str, why: &str) -> Error {
    let script = if direction == "down" { &migration.down } else { &migration.up };
    let line = script.statements.first().map_or(1, |statement| statement.line);
    Error::new(ErrorKind::Failed, format!("{direction} of {} {what}", migration.revision))
        .why(why)
        .place(format!("{}:{line}", migration.path.display()))
        .next("correct the file, if no database has it yet; db-generate --empty writes another migration")
}

/// The first value of each table that did not come back.
fn changed(schema: &SchemaDef, before: &Connection, back: &Connection) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for table in &whole(schema) {
        found.extend(difference(table, &cells(before, table, false)?, &cells(back, table, false)?));
    }
    Ok(found)
}
