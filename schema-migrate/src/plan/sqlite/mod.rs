//! Plans for SQLite: in place where it can, by rebuilding the table where it cannot.

mod add_column;
mod backward;
mod builder;
mod conversion;
mod copy;
mod definition;
mod expect;
mod fill;
mod in_place;
mod kept;
mod mention;
mod rebuild;
mod simulate;
pub mod statistics;
mod value;
mod views;
mod virtual_tables;

pub(crate) use conversion::affinity_name;
pub(crate) use definition::cut;
use std::collections::HashSet;

use schema_core::model::{Engine, SchemaDef, SqlText};

use self::builder::{Builder, Built, Direction};
use self::expect::{expectations, refuse_lost_keys};
use self::simulate::{Refused, broken_in, simulate};
use super::{EngineVersion, Plan};
use crate::Result;
use crate::diff::{Answers, Change, Comparison, RENAME_REFUSED, compare, names_taken};
use crate::inspect::{Neighbourhood, can_build};
use crate::sql::{tokens, words};

/// Plans the way from one inspected schema to the other and back, for engines from `target` on.
/// `comparison` is the comparison of the two, made with the same answers.
pub fn plan(
    from: &SchemaDef,
    to: &SchemaDef,
    comparison: &Comparison,
    answers: &Answers,
    target: EngineVersion,
) -> Result<Plan> {
    refuse_lost_keys(from, to, comparison)?;
    let mut taken = names_taken(&comparison.renamed);
    taken.extend(names_taken(from));
    taken.extend(names_taken(to));
    let names: HashSet<String> = comparison.changes.iter().flat_map(touched).collect();
    let near = Neighbourhood::of(from, names.iter().map(String::as_str)).schema;
    let was_broken = broken_in(&near)?;
    let forward = Builder { direction: Direction::Up, to, comparison, answers, target, taken: &taken };
    let (mut up, after) = tried(&near, &forward, &was_broken)?;
    let Some(after) = after else { return Ok(complete(up, None)) };
    up.expectations = expectations(&forward, &near)?;
    let mut inverse = backward::answers(comparison, answers.strict_unique);
    let remarks = kept::bring_back(from, comparison, &mut inverse);
    let back = match compare(&after, &near, &near, &inverse) {
        Ok(back) => back,
        Err(error) if error.what().starts_with(RENAME_REFUSED) => {
            let mut plan = complete(up, None);
            let why = error.reason().unwrap_or_default();
            plan.irreversible.push(format!("there is no way back: {}: {why}", error.what()));
            return Ok(plan);
        }
        Err(error) => return Err(error),
    };
    let backward = Builder {
        direction: Direction::Down,
        to: &near,
        comparison: &back,
        answers: &inverse,
        target,
        taken: &taken,
    };
    let (mut down, _) = tried(&after, &backward, &was_broken)?;
    down.expectations = expectations(&backward, &after)?;
    down.irreversible.extend(remarks);
    if refused_beside_broken(down.steps.iter().map(|step| step.sql.as_str())).is_some() {
        let broken = broken_in(from)?;
        if !broken.is_empty() {
            down.irreversible.push(format!(
                "the way back needs {} repaired or dropped first: beside what is broken, SQLite drops no column and renames no table",
                broken.join(", ")
            ));
        }
    }
    Ok(complete(up, Some(down)))
}

/// The first statement that SQLite refuses while a view or trigger is broken: a rename or a drop of a
/// column. A rebuild renames in the older way, which looks at neither.
pub(crate) fn refused_beside_broken<'s>(statements: impl Iterator<Item = &'s str>) -> Option<&'s str> {
    let mut is_legacy = false;
    statements.into_iter().find(|sql| {
        let all = tokens(sql).unwrap_or_default();
        let has = |word: &str| all.iter().any(|token| token.is(word));
        if has("PRAGMA") && has("legacy_alter_table") {
            is_legacy = has("ON") || all.iter().any(|token| token.text == "1");
        }
        let altered = all.first().is_some_and(|first| first.is("ALTER")) && !is_legacy;
        altered && (has("RENAME") || (has("DROP") && !has("CONSTRAINT") && !has("NULL")))
    })
}

/// The names of what a change touches, and of what has to be there for it.
fn touched(change: &Change) -> Vec<String> {
    let named = |sql: &SqlText| words(sql.on(Engine::Sqlite).unwrap_or_default());
    let mut names = vec![change.table().to_owned()];
    match change {
        Change::RenameTable { from, .. } => names.push(from.clone()),
        Change::AddForeignKey { key, .. } => names.push(key.table.to_string()),
        Change::CreateView { view } | Change::ChangeView { to: view, .. } => {
            names.extend(named(&view.sql));
            names.extend(view.triggers.iter().flat_map(|trigger| named(&trigger.sql)));
        }
        Change::AddTrigger { trigger, .. } | Change::ChangeTrigger { to: trigger, .. } => {
            names.extend(named(&trigger.sql));
        }
        Change::CreateVirtualTable { table } | Change::ChangeVirtualTable { to: table, .. } => {
            names.extend(words(&table.sql));
        }
        _ => {}
    }
    names
}

/// Steps that SQLite has run on an empty database, and the schema that they led to. Where it
/// refuses a step in place, the table is rebuilt instead. Steps that wait for a value are not run.
fn tried(
    from: &SchemaDef,
    builder: &Builder<'_>,
    was_broken: &[String],
) -> Result<(Built, Option<SchemaDef>)> {
    let mut rebuild = beside_foreign(from, builder, was_broken);
    loop {
        let built = builder.build(&rebuild)?;
        if !built.blocked.is_empty() {
            return Ok((built, None));
        }
        match simulate(from, &built, was_broken)? {
            Ok(after) => return Ok((built, Some(after))),
            Err(Refused { table, .. }) if !built.rebuilt.contains(&table) && !rebuild.contains(&table) => {
                rebuild.push(table);
            }
            Err(refused) => return Err(refused.error),
        }
    }
}

/// The tables that lose a column while a view or trigger uses a virtual table which only the
/// application can open: SQLite then refuses to drop the column in place, and a rebuild looks at neither.
fn beside_foreign(from: &SchemaDef, builder: &Builder<'_>, was_broken: &[String]) -> Vec<String> {
    if was_broken.is_empty() || from.virtual_tables.iter().all(can_build) {
        return Vec::new();
    }
    let dropped = builder.comparison.changes.iter().filter_map(|change| match change {
        Change::DropColumn { table, .. } => Some(table.clone()),
        _ => None,
    });
    dropped.collect()
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
        expectations: up.expectations,
        down_expectations: down.as_ref().map(|down| down.expectations.clone()).unwrap_or_default(),
        down: down.map(|down| down.steps).unwrap_or_default(),
    }
}
