//! Plans for SQLite: in place where it can, by rebuilding the table where it cannot.

mod add_column;
mod backward;
mod builder;
mod conversion;
mod copy;
mod definition;
mod fill;
mod in_place;
mod mention;
mod rebuild;
pub mod statistics;
mod value;

use schema_core::model::SchemaDef;

use self::builder::{Builder, Built, Direction};
use super::{EngineVersion, Plan};
use crate::diff::{Answers, Change, Comparison, compare, names_taken};
use crate::inspect::{Neighbourhood, broken, execute, replay, sqlite};
use crate::{Error, Result};

/// Plans the way from one inspected schema to the other and back, for engines from `target` on.
/// `comparison` is the comparison of the two, made with the same answers.
pub fn plan(
    from: &SchemaDef,
    to: &SchemaDef,
    comparison: &Comparison,
    answers: &Answers,
    target: EngineVersion,
) -> Result<Plan> {
    let mut taken = names_taken(&comparison.renamed);
    taken.extend(names_taken(from));
    taken.extend(names_taken(to));
    let names = comparison.changes.iter().flat_map(|change| match change {
        Change::RenameTable { from, to } => vec![from.as_str(), to.as_str()],
        change => vec![change.table()],
    });
    let near = Neighbourhood::of(from, names).schema;
    let forward = Builder { direction: Direction::Up, to, comparison, answers, target, taken: &taken };
    let (up, after) = tried(&near, &forward)?;
    let Some(after) = after else { return Ok(complete(up, None)) };
    let inverse = backward::answers(comparison);
    let back = compare(&after, &near, &near, &inverse)?;
    let backward = Builder {
        direction: Direction::Down,
        to: &near,
        comparison: &back,
        answers: &inverse,
        target,
        taken: &taken,
    };
    let (down, _) = tried(&after, &backward)?;
    Ok(complete(up, Some(down)))
}

/// Steps that SQLite has run on an empty database, and the schema that they led to. Where it
/// refuses a step in place, the table is rebuilt instead. Steps that wait for a value are not run.
fn tried(from: &SchemaDef, builder: &Builder<'_>) -> Result<(Built, Option<SchemaDef>)> {
    let mut rebuild: Vec<String> = Vec::new();
    loop {
        let built = builder.build(&rebuild)?;
        if !built.blocked.is_empty() {
            return Ok((built, None));
        }
        match simulate(from, &built)? {
            Ok(after) => return Ok((built, Some(after))),
            Err(Refused { table, .. }) if !built.rebuilt.contains(&table) && !rebuild.contains(&table) => {
                rebuild.push(table);
            }
            Err(refused) => return Err(refused.error),
        }
    }
}

fn complete(up: Built, down: Option<Built>) -> Plan {
    let steps = up.steps.iter().chain(down.iter().flat_map(|down| &down.steps));
    let mut notes = up.notes;
    notes.dedup();
    let mut irreversible = up.irreversible;
    irreversible.extend(down.iter().flat_map(|down| down.irreversible.iter().cloned()));
    Plan {
        minimum_engine: steps.map(|step| step.engine).max().unwrap_or(EngineVersion::OLDEST),
        foreign_keys_off: up.foreign_keys_off || down.as_ref().is_some_and(|down| down.foreign_keys_off),
        rebuilt: up.rebuilt,
        notes,
        losses: up.losses,
        blocked: up.blocked,
        up: up.steps,
        irreversible,
        down: down.map(|down| down.steps).unwrap_or_default(),
    }
}

/// A step that SQLite refuses.
struct Refused {
    table: String,
    error: Error,
}

/// The schema that the steps lead to, as SQLite writes it.
fn simulate(from: &SchemaDef, built: &Built) -> Result<Result<SchemaDef, Refused>> {
    let connection = replay(from)?;
    for step in &built.steps {
        if let Err(error) = execute(&connection, &step.sql) {
            let error = Error::failed(format!("SQLite refuses a planned step: {}", step.purpose))
                .why(format!("{}\n{}", error.reason().unwrap_or_default(), step.sql))
                .state("nothing was changed");
            return Ok(Err(Refused { table: step.table.clone(), error }));
        }
    }
    if let Some(broken) = broken(&connection)? {
        return Err(Error::failed("a view or trigger would be broken by these changes")
            .why(broken)
            .state("nothing was changed")
            .next("change or drop it in the same migration"));
    }
    let after = sqlite::schema(&connection)?;
    Ok(Ok(SchemaDef { virtual_tables: from.virtual_tables.clone(), ..after }))
}
