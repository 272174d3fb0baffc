use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_core::rusqlite::config::DbConfig;
use schema_migrate::diff::{Answers, Keeping, Path};
use schema_migrate::inspect::sqlite;
use schema_migrate::keep::{Destination, destination};
use schema_migrate::plan::{self, Plan, Step};

use crate::case::Case;
use crate::database;
use crate::trial::{Failure, Outcome};

/// Goes through the case with everything that is dropped kept aside, and looks whether the way down
/// brings each dropped row and each dropped value back.
pub fn run_kept(case: &Case) -> Outcome {
    match go(case) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

fn go(case: &Case) -> Result<Outcome, Outcome> {
    let invalid = Outcome::Invalid;
    if case.names_what_is_gone() {
        return Err(invalid("something is named that is not there".to_owned()));
    }
    let database = database::open(None).map_err(|error| invalid(error.to_string()))?;
    database::run(&database, &case.from_statements()).map_err(invalid)?;
    let triggers = |on| database.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, on);
    triggers(false).map_err(|error| invalid(error.to_string()))?;
    database::run(&database, &case.filling.statements(&case.from)).map_err(invalid)?;
    triggers(true).map_err(|error| invalid(error.to_string()))?;
    let wanted = database::open(None).map_err(|error| invalid(error.to_string()))?;
    database::run(&wanted, &case.to_statements()).map_err(invalid)?;
    let before = database::everything(&database).map_err(invalid)?;
    let (from, plan) = planned(case, &database, &wanted)?;
    let kept = plan.up.iter().any(|step| step.sql.contains("_kept_"));
    if !kept {
        return Ok(Outcome::Same);
    }
    // What the rows refuse is no matter of keeping.
    if apply(&database, &plan.up).is_err() {
        return Ok(Outcome::Refused("the rows do not fit"));
    }
    let script = || format!("{}\n-- down\n{}", plan::script(&plan.up), plan::script(&plan.down));
    let failed = |kind: &str, detail: String| {
        let detail = format!("{detail}\n{}", script());
        Err(Outcome::Failed(Failure { kind: kind.to_owned(), detail }))
    };
    if let Err(error) = apply(&database, &plan.down) {
        let announced = plan.irreversible.iter().chain(&plan.notes).next().is_some();
        return if announced {
            Ok(Outcome::AppliedUp)
        } else {
            failed("down refused without a warning", error)
        };
    }
    let answers = Answers { no_renames: true, ..Answers::default() };
    let live = sqlite::schema(&database).map_err(|error| invalid(error.to_string()))?;
    let old = schema_migrate::diff::compare(&live, &from, &from, &answers);
    match old {
        Ok(rest) if rest.is_empty() => {}
        Ok(rest) => return failed("after down: second diff", format!("{:?}", rest.changes)),
        Err(error) => return failed("after down: no comparison", error.to_string()),
    }
    let after = database::everything(&database).map_err(invalid)?;
    for table in &case.from.tables {
        let pair = case.tables().into_iter().find(|(old, _)| old.name == table.name);
        let (was, is) = (before.get(&table.name), after.get(&table.name));
        let Some(pair) = pair else {
            if was != is {
                return failed("a dropped table came back otherwise", format!("{was:?}\n{is:?}"));
            }
            continue;
        };
        let columns = case.columns(pair);
        for column in table.columns.iter().filter(|column| column.generated.is_none()) {
            let stays = columns.iter().any(|(before, _)| *before == column.name);
            let lost = plan.losses.iter().any(|loss| loss.what.is(&[&table.name, &column.name]));
            if stays || lost {
                continue;
            }
            let place = table.columns.iter().position(|other| other.name == column.name).unwrap_or(0);
            let cells = |rows: Option<&Vec<database::Row>>| -> Vec<String> {
                let mut cells: Vec<String> = rows
                    .into_iter()
                    .flatten()
                    .map(|row| row[place + row.len() - table.columns.len()].clone())
                    .collect();
                cells.sort();
                cells
            };
            let (was, is) = (cells(was), cells(is));
            if was != is {
                let path = Path::new([table.name.as_str(), column.name.as_str()]);
                return failed("a dropped column came back otherwise", format!("{path}: {was:?}\n{is:?}"));
            }
        }
    }
    Ok(Outcome::Applied)
}

/// The plan, with a value for every column that waits for one.
fn planned(case: &Case, database: &Connection, wanted: &Connection) -> Result<(SchemaDef, Plan), Outcome> {
    let inspect = |database| {
        sqlite::schema(database).map_err(|error: schema_migrate::Error| Outcome::Invalid(error.to_string()))
    };
    let (from, to) = (inspect(database)?, inspect(wanted)?);
    let mut answers = Answers { keeping: Keeping::KeepDropped, ..case.answers().map_err(Outcome::Invalid)? };
    for _ in 0..30 {
        // What the engine refuses for other reasons the other trial looks at.
        let Ok(found) = destination(&from, &to, &to, &answers) else {
            return Err(Outcome::Refused("the comparison is refused"));
        };
        let Destination { schema, answers: settled, comparison } = &found;
        let plan = match plan::sqlite(&from, schema, comparison, settled, case.target) {
            Ok(plan) => plan,
            Err(error) => {
                let without = Answers { keeping: Keeping::AsBefore, ..answers.clone() };
                let plain = destination(&from, &to, &to, &without).and_then(|found| {
                    plan::sqlite(&from, &found.schema, &found.comparison, &found.answers, case.target)
                });
                return Err(match plain {
                    Err(_) => Outcome::Refused("there is no plan"),
                    Ok(_) => Outcome::Failed(Failure {
                        kind: "keeping has no plan where dropping has".to_owned(),
                        detail: error.to_string(),
                    }),
                });
            }
        };
        if plan.blocked.is_empty() {
            return Ok((from, plan));
        }
        for blocked in &plan.blocked {
            let path = Path::new([blocked.table.as_str(), blocked.column.as_str()]);
            answers.backfill(&format!("{path}=77")).map_err(|error| Outcome::Invalid(error.to_string()))?;
        }
    }
    Err(Outcome::Refused("questions without an end"))
}

/// Runs steps in a transaction, as the runner does where tables are dropped.
fn apply(database: &Connection, steps: &[Step]) -> Result<(), String> {
    let run = |sql: &str| database.execute_batch(sql).map_err(|error| format!("{error}: {sql}"));
    run("PRAGMA foreign_keys=OFF; BEGIN")?;
    let done = steps.iter().try_for_each(|step| run(&step.sql));
    run(if done.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    run("PRAGMA legacy_alter_table=OFF")?;
    done
}
