use std::time::{Duration, Instant};

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_ops::integrity;

use super::cells::{Cells, Surviving, difference, read, returning, surviving};
use super::copy::{copy, count, keep_only};
use super::fill::fill;
use super::full_text::{self, FullText};
use super::report::ProofReport;
use crate::diff::{Answers, Change, Comparison, compare};
use crate::files::{Folder, Migration, Script};
use crate::inspect::{leave_out_broken, sqlite};
use crate::keep::is_kept;
use crate::recorded::{self, replay};
use crate::run::Violations;
use crate::sql::{tokens, words};
use crate::{Error, ErrorKind, Result};

/// What was proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How many rows went through the migration.
    pub rows: usize,
    /// Tables through which no row went: nothing that was invented passes their constraints, or
    /// those that the migration adds.
    pub empty: Vec<String>,
    /// Why the way down was tried on empty tables only, where it was.
    pub down_on_empty: Option<String>,
    /// Whether there is a way down.
    pub has_down: bool,
    /// How long it took.
    pub duration: Duration,
}

/// Proves a migration: on the recorded schema, filled with invented rows, up gives the declared
/// schema, with clean integrity and foreign keys and every surviving cell as it was, and down gives
/// the recorded schema back.
///
/// # Errors
/// The migration does not hold: with a [`ProofReport`] as its source.
pub fn prove(
    folder: &Folder,
    migration: &Migration,
    from: &SchemaDef,
    to: &SchemaDef,
    comparison: &Comparison,
    answers: &Answers,
) -> Result<Proof> {
    proved(folder, migration, from, to, comparison, answers).map_err(|error| {
        if error.kind() != ErrorKind::Verification {
            return error;
        }
        let report = ProofReport::of(&error, migration, from, to);
        error.source(report)
    })
}

fn proved(
    folder: &Folder,
    migration: &Migration,
    from: &SchemaDef,
    to: &SchemaDef,
    comparison: &Comparison,
    answers: &Answers,
) -> Result<Proof> {
    let begun = Instant::now();
    let bare = replay(folder.migrations())?;
    let (from, to) = (&mut from.clone(), &mut to.clone());
    leave_out(&bare, from, to, comparison)?;
    let (from, to) = (&*from, &*to);
    let survivors = surviving(from, to, comparison, answers);
    let returning = returning(&survivors, &comparison.kept);
    let case = Case { migration, from, to, survivors, returning, strict_unique: answers.strict_unique };
    // First without rows: what fails here is no matter of data.
    let empty = copy(&bare)?;
    clear(&empty, from)?;
    let mut probe = copy(&empty)?;
    case.up(&mut probe)?;
    let filled = copy(&bare)?;
    let mut unfilled = fill(&filled, from);
    full_text::fill(&filled, from);
    let mut base = filled;
    let after = loop {
        let mut tried = copy(&base)?;
        match case.up(&mut tried) {
            Ok(()) => break tried,
            Err(failure) => base = case.thin(&base, failure, &mut unfilled)?,
        }
    };
    let rows = from.tables.iter().map(|table| count(&base, &table.name)).sum::<Result<usize>>()?;
    let down_on_empty = case.down(&base, &after, &probe)?;
    unfilled.sort();
    unfilled.dedup();
    Ok(Proof {
        rows,
        empty: unfilled,
        down_on_empty,
        has_down: !migration.is_irreversible(),
        duration: begun.elapsed(),
    })
}

/// Takes away the views and triggers that were broken before and that nothing changes: beside one,
/// SQLite refuses renames and drops of columns, which is no fault of the migration.
fn leave_out(
    bare: &Connection,
    from: &mut SchemaDef,
    to: &mut SchemaDef,
    comparison: &Comparison,
) -> Result<()> {
    let broken = leave_out_broken(&copy(bare)?, from)?;
    let is_changed = |name: &String| {
        let text = |change: &Change| words(&change.to_string()).contains(&name.to_ascii_lowercase());
        comparison.changes.iter().any(|change| change.table().eq_ignore_ascii_case(name) || text(change))
    };
    if broken.is_empty() || broken.iter().any(is_changed) {
        return Ok(());
    }
    leave_out_broken(bare, from)?;
    let is_left_out = |name: &str| broken.iter().any(|known| known.eq_ignore_ascii_case(name));
    for schema in [from, to] {
        schema.views.to_mut().retain(|view| !is_left_out(&view.name));
        for view in schema.views.to_mut() {
            view.to_mut().triggers.to_mut().retain(|trigger| !is_left_out(&trigger.name));
        }
        for table in schema.tables.to_mut() {
            if table.triggers.iter().any(|trigger| is_left_out(&trigger.name)) {
                table.to_mut().triggers.to_mut().retain(|trigger| !is_left_out(&trigger.name));
            }
        }
    }
    Ok(())
}

struct Case<'a> {
    migration: &'a Migration,
    from: &'a SchemaDef,
    to: &'a SchemaDef,
    survivors: Vec<Surviving>,
    strict_unique: bool,
    /// What has to be there again after the way down: the survivors, and what is kept aside.
    returning: Vec<Surviving>,
}

/// Why the way up does not work on some rows.
struct Failure {
    error: Error,
    /// Old tables whose rows may be the cause.
    tables: Vec<String>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, tables: Vec::new() }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl Case<'_> {
    /// Goes up and looks at everything that has to hold then.
    fn up(&self, database: &mut Connection) -> Result<(), Failure> {
        let violations = Violations::read(database)?;
        let cells = self.cells(database, false)?;
        let indexed = FullText::read(database, self.from)?;
        self.run(database, &self.migration.up)?;
        let found = Violations::read(database)?.new_since(&violations);
        if let Some((violation, count)) = found.first() {
            let what =
                format!("{count} rows of {} have no row in {} afterwards", violation.child, violation.parent);
            let tables = found.iter().map(|(violation, _)| self.old_name(&violation.child)).collect();
            return Err(Failure { error: failed("up", &what), tables });
        }
        gives(database, self.to, self.strict_unique, "up")?;
        if let Some(dangling) = self.dangling() {
            return Err(failed("up", &dangling).into());
        }
        for (table, before) in self.survivors.iter().zip(&cells) {
            if let Some(lost) = difference(table, before, &read(database, table, true)?) {
                return Err(failed("up", &lost).into());
            }
        }
        match indexed.lost(database, self.to)? {
            Some(lost) => Err(failed("up", &lost).into()),
            None => Ok(()),
        }
    }

    /// A foreign key of what is newly kept aside whose parent is not there afterwards: no rows that
    /// are invented would fit it, whatever they are.
    fn dangling(&self) -> Option<String> {
        let tables = self.to.tables.iter().filter(|table| is_kept(&table.name));
        let mut keys = tables
            .filter(|table| self.from.table(&table.name).is_none())
            .flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)));
        keys.find(|(_, key)| self.from.table(&key.table).is_some() && self.to.table(&key.table).is_none())
            .map(|(table, key)| {
                format!("a foreign key of {} refers to {}, which is gone", table.name, key.table)
            })
    }

    /// Goes down again. Where rows stand in the way, on empty tables, and says why.
    fn down(&self, base: &Connection, after: &Connection, empty: &Connection) -> Result<Option<String>> {
        if self.migration.is_irreversible() {
            return Ok(None);
        }
        let database = copy(after)?;
        let indexed = FullText::read(&database, self.to)?;
        match self.run(&database, &self.migration.down) {
            Ok(()) => {
                gives(&database, self.from, self.strict_unique, "down")?;
                for table in &self.returning {
                    let (before, now) = (read(base, table, false)?, read(&database, table, false)?);
                    if let Some(lost) = difference(table, &before, &now) {
                        return Err(failed("down", &lost));
                    }
                }
                match indexed.lost(&database, self.from)? {
                    Some(lost) => Err(failed("down", &lost)),
                    None => Ok(None),
                }
            }
            Err(failure) => {
                let database = copy(empty)?;
                self.run(&database, &self.migration.down)?;
                gives(&database, self.from, self.strict_unique, "down")?;
                Ok(Some(failure.error.reason().unwrap_or_default().to_owned()))
            }
        }
    }

    /// Runs statements as the runner does: in a transaction, foreign keys as the file asks.
    fn run(&self, database: &Connection, script: &Script) -> Result<(), Failure> {
        let switch = if script.runs_without_foreign_keys() { "OFF" } else { "ON" };
        let wrapped = |sql: &str| {
            database.execute_batch(sql).map_err(|error| Error::sqlite("run a scratch migration", error))
        };
        wrapped(&format!("PRAGMA foreign_keys={switch}; BEGIN"))?;
        for statement in &script.statements {
            let one = Script { statements: vec![statement.clone()], ..script.clone() };
            if let Err(error) = recorded::statements(database, self.migration, &one) {
                let tables = self.named_in(&statement.sql);
                return Err(Failure { error, tables });
            }
        }
        wrapped("PRAGMA legacy_alter_table=OFF; COMMIT; PRAGMA foreign_keys=OFF").map_err(|error| Failure {
            tables: self.from.tables.iter().map(|table| table.name.to_string()).collect(),
            error,
        })
    }

    fn cells(&self, database: &Connection, is_after: bool) -> Result<Vec<Cells>> {
        self.survivors.iter().map(|table| read(database, table, is_after)).collect()
    }

    /// The filled database with fewer rows in the tables that a failure is about: first those that
    /// pass alone, then one of them, then none. Without rows the migration is known to work, so
    /// what fails is that the invented rows do not fit what the migration asks of them.
    fn thin(&self, base: &Connection, failure: Failure, unfilled: &mut Vec<String>) -> Result<Connection> {
        let mut suspects = Vec::new();
        for table in &failure.tables {
            if count(base, table)? > 0 {
                suspects.push(table.clone());
            }
        }
        let Some(table) = suspects.first() else { return Err(failure.error) };
        let rows = count(base, table)?;
        let mut fitting = Vec::new();
        for row in 0..rows {
            let mut alone = copy(base)?;
            keep_only(&alone, table, &[row])?;
            match self.up(&mut alone) {
                Ok(()) => fitting.push(row),
                Err(other) if !other.tables.contains(table) => fitting.push(row),
                Err(_) => {}
            }
        }
        if fitting.len() == rows {
            fitting.truncate(rows / 2);
        }
        let thinner = copy(base)?;
        keep_only(&thinner, table, &fitting)?;
        if count(&thinner, table)? == 0 {
            unfilled.push(table.clone());
        }
        Ok(thinner)
    }

    /// The old tables that a statement names, under any of their names.
    fn named_in(&self, sql: &str) -> Vec<String> {
        let all = tokens(sql).unwrap_or_default();
        let names = |name: &str| all.iter().any(|token| token.names(name));
        let of_survivors = self
            .survivors
            .iter()
            .filter(|table| names(&table.after) || names(&table.before))
            .map(|table| table.before.clone());
        let of_dropped =
            self.from.tables.iter().filter(|table| names(&table.name)).map(|table| table.name.to_string());
        let mut found: Vec<String> = of_survivors.chain(of_dropped).collect();
        let mut seen = Vec::new();
        found.retain(|name| {
            let is_new = !seen.contains(name);
            seen.push(name.clone());
            is_new
        });
        found
    }

    fn old_name(&self, table: &str) -> String {
        let survivor = self.survivors.iter().find(|survivor| survivor.after.eq_ignore_ascii_case(table));
        survivor.map_or_else(|| table.to_owned(), |survivor| survivor.before.clone())
    }
}

fn clear(database: &Connection, schema: &SchemaDef) -> Result<()> {
    schema.tables.iter().try_for_each(|table| keep_only(database, &table.name, &[]))
}

fn failed(direction: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Verification,
        format!("the migration does not hold: {direction} on filled scratch tables"),
    )
    .why(why)
    .state("nothing was written")
    .next("this is a fault of the planner, and did no harm: please send the report")
    .next("meanwhile: db-generate --empty, and write the statements by hand")
}

/// Whether the database has exactly this schema, and is sound.
fn gives(database: &Connection, wanted: &SchemaDef, strict_unique: bool, direction: &str) -> Result<()> {
    let answers = Answers::unasked(strict_unique);
    let left: Vec<Change> = compare(&sqlite::schema(database)?, wanted, wanted, &answers)?.changes;
    if !left.is_empty() {
        let lines: Vec<String> = left.iter().map(ToString::to_string).collect();
        return Err(failed(direction, &format!("these changes are left:\n{}", lines.join("\n"))));
    }
    match integrity(database)?.faults {
        None => Ok(()),
        Some(fault) => Err(failed(direction, &fault)),
    }
}
