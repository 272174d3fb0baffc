//! Plans for SQLite: in place where it can, by rebuilding the table where it cannot.

mod backward;
mod builder;
mod column;
mod copy;
mod in_place;
mod mention;
mod rebuild;
pub mod statistics;
mod value;

use schema_core::model::SchemaDef;

use self::builder::{Builder, Built, Direction};
use super::{EngineVersion, Plan};
use crate::diff::{Answers, Comparison, compare};
use crate::inspect::{execute, replay, sqlite};
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
    let up = Builder::new(Direction::Up, to, comparison, answers, target).build()?;
    if !up.blocked.is_empty() {
        return Ok(complete(up, None));
    }
    let after = simulate(from, &up)?;
    let inverse = backward::answers(comparison);
    let back = compare(&after, from, from, &inverse)?;
    let down = Builder::new(Direction::Down, from, &back, &inverse, target).build()?;
    Ok(complete(up, Some(down)))
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

/// The schema that the steps lead to, as SQLite writes it: the way down starts there.
fn simulate(from: &SchemaDef, up: &Built) -> Result<SchemaDef> {
    let connection = replay(from)?;
    for step in &up.steps {
        execute(&connection, &step.sql).map_err(|error| {
            Error::failed(format!("SQLite refuses a planned step: {}", step.purpose))
                .why(format!("{}\n{}", error.reason().unwrap_or_default(), step.sql))
                .state("nothing was changed")
        })?;
    }
    let after = sqlite::schema(&connection)?;
    Ok(SchemaDef { virtual_tables: from.virtual_tables.clone(), ..after })
}
