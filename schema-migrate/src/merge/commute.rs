use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use super::clash::{Side, clash};
use crate::diff::{Answers, Change, compare};
use crate::files::{Folder, Migration};
use crate::inspect::sqlite;
use crate::proof::{Stop, cells, copy, count, difference, fill, fitting, run, whole};
use crate::recorded::replay;
use crate::{Result, graph};

/// What was tried.
pub(super) struct Tried {
    pub(super) orders: usize,
    pub(super) rows: usize,
    pub(super) empty: Vec<String>,
    /// What of the branches was not run.
    pub(super) rust_steps: Vec<(String, String)>,
}

/// Runs the branches in several orders on copies of one filled database and compares what they leave.
pub(super) fn try_orders(folder: &Folder, heads: &[String]) -> Result<Tried> {
    let migrations = folder.migrations();
    let lines: Vec<Vec<&Migration>> = heads.iter().map(|head| graph::up_to(migrations, head)).collect();
    let is_common = |migration: &&Migration| lines.iter().all(|line| has(line, migration));
    let common: Vec<&Migration> = lines[0].iter().copied().filter(is_common).collect();
    let branches: Vec<Vec<&Migration>> = lines
        .iter()
        .map(|line| line.iter().copied().filter(|migration| !has(&common, migration)).collect())
        .collect();
    let base = replay(common.iter().copied())?;
    let schema = sqlite::schema(&base)?;
    let mut empty = fill(&base, &schema);
    // Each by itself: what fails here is no matter of the others.
    let alone = |base: &Connection| {
        branches.iter().map(|branch| after(base, branch)).collect::<Result<Vec<_>, Stop>>()
    };
    let fitting = fitting(base, &schema, alone).map_err(|stop| stop.error.state("nothing was written"))?;
    empty.extend(fitting.emptied);
    empty.sort();
    empty.dedup();
    let known = fitting.outcome.iter().map(sqlite::schema).collect::<Result<Vec<SchemaDef>>>()?;
    let sides: Vec<Side<'_>> =
        heads.iter().zip(&branches).map(|(head, branch)| Side { head, migrations: branch }).collect();
    let orders = orders(&lines, &common);
    let mut ends = Vec::new();
    for order in &orders {
        let end = after(&fitting.base, order)
            .map_err(|stop| clash(&sides, &known, &stop.into_difference(order)))?;
        ends.push(end);
    }
    // What differs between two runs of one order is the clock's.
    let again = after(&fitting.base, &orders[0]).map_err(|stop| stop.error)?;
    let first = sqlite::schema(&ends[0])?;
    let mut tables = whole(&first);
    for table in &mut tables {
        let (one, other) = (cells(&ends[0], table, false)?, cells(&again, table, false)?);
        table.without_volatile(&one, &other);
    }
    for (end, order) in ends.iter().zip(&orders).skip(1) {
        let found = schemas_differ(&first, &sqlite::schema(end)?)?;
        let found = match found {
            None => rows_differ(&tables, &ends[0], end)?,
            some => some,
        };
        if let Some(found) = found {
            return Err(clash(&sides, &known, &found.between(&orders[0], order)));
        }
    }
    let rows = schema.tables.iter().map(|table| count(&fitting.base, &table.name)).sum::<Result<usize>>()?;
    let of_branches = orders[0].iter().flat_map(|migration| {
        let up = migration.up.rust.iter();
        up.map(|step| (migration.revision.to_string(), step.clone()))
    });
    Ok(Tried { orders: orders.len(), rows, empty, rust_steps: of_branches.collect() })
}

/// What stands in the way of a merge.
pub(super) struct Difference<'a> {
    /// In words.
    pub(super) what: String,
    /// The tables that it is about.
    pub(super) tables: Vec<String>,
    /// The statement that failed, where one did.
    pub(super) statement: Option<(&'a Migration, usize)>,
}

impl<'a> Difference<'a> {
    fn between(mut self, one: &[&'a Migration], other: &[&'a Migration]) -> Self {
        let last =
            |order: &[&'a Migration]| order.last().map(|last| last.revision.to_string()).unwrap_or_default();
        self.what = format!("{} (with {} last, and with {} last)", self.what, last(one), last(other));
        self
    }
}

impl Stop {
    fn into_difference<'a>(self, order: &[&'a Migration]) -> Difference<'a> {
        let place = self.error.location().unwrap_or_default();
        let failed = order.iter().find(|migration| place.starts_with(&migration.path.display().to_string()));
        Difference {
            what: match self.error.reason() {
                Some(why) => format!("{}: {}", self.error.what(), why.lines().next().unwrap_or_default()),
                None => self.error.what().to_owned(),
            },
            statement: self.statement.and_then(|position| failed.map(|migration| (*migration, position))),
            tables: self.tables,
        }
    }
}

/// The sequences of migrations in which the branches are tried: each branch first once and last once.
fn orders<'a>(lines: &[Vec<&'a Migration>], common: &[&'a Migration]) -> Vec<Vec<&'a Migration>> {
    let count = lines.len();
    let rotated = (0..count).map(|first| (0..count).map(|step| (first + step) % count).collect::<Vec<_>>());
    let mut places: Vec<Vec<usize>> = rotated.collect();
    // For two branches the rotation is the reversal.
    if count > 2 {
        places.extend((0..count).map(|first| (0..count).rev().map(|step| (first + step) % count).collect()));
    }
    let sequence = |places: Vec<usize>| {
        let mut done: Vec<&Migration> = Vec::new();
        for place in places {
            for migration in &lines[place] {
                if !has(common, migration) && !has(&done, migration) {
                    done.push(migration);
                }
            }
        }
        done
    };
    places.into_iter().map(sequence).collect()
}

fn has(migrations: &[&Migration], wanted: &Migration) -> bool {
    migrations.iter().any(|migration| migration.revision == wanted.revision)
}

/// A copy of the database on which these migrations have run.
fn after(base: &Connection, migrations: &[&Migration]) -> Result<Connection, Stop> {
    let database = copy(base)?;
    for migration in migrations {
        run(&database, migration, &migration.up)?;
    }
    Ok(database)
}

fn schemas_differ<'a>(one: &SchemaDef, other: &SchemaDef) -> Result<Option<Difference<'a>>> {
    let changes: Vec<Change> = compare(one, other, other, &Answers::unasked(true))?.changes;
    let lines: Vec<String> = changes
        .iter()
        .map(|change| change.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    Ok((!changes.is_empty()).then(|| Difference {
        what: format!("the order of the branches decides the schema: {}", lines.join("; ")),
        tables: changes.iter().map(|change| change.table().to_owned()).collect(),
        statement: None,
    }))
}

fn rows_differ<'a>(
    tables: &[crate::proof::Surviving],
    one: &Connection,
    other: &Connection,
) -> Result<Option<Difference<'a>>> {
    for table in tables {
        let found = difference(table, &cells(one, table, false)?, &cells(other, table, false)?);
        if let Some(what) = found {
            return Ok(Some(Difference {
                what: format!("the order of the branches decides what rows hold: {what}"),
                tables: vec![table.before.clone()],
                statement: None,
            }));
        }
    }
    Ok(None)
}
