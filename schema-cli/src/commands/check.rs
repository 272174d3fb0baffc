use schema_migrate::{
    Error,
    check::{Drift, check},
    files::Folder,
    run::open_read_only,
};
use serde_json::{Value, json};

use super::{Context, side::WAIT};
use crate::{
    arguments::CheckArguments,
    output::{Outcome, aligned, plural},
};

pub(super) fn run(context: &Context<'_>, arguments: &CheckArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let folder = Folder::read(&settings.migrations)?;
    let live = open_read_only(&settings.database()?.path, WAIT)?;
    let found = check(settings.schema.declared, &folder, &live)?;
    let screen = context.screen();
    let data = json!({
        "schema": settings.schema.name,
        "database_models": as_json(&found.live_declared),
        "migrations_models": as_json(&found.recorded_declared),
        "database_migrations": as_json(&found.live_recorded),
    });
    if found.is_clean() {
        screen.result("Same: database = migrations = models");
        return Ok(Outcome::done(data));
    }
    let as_recorded = found.live_recorded.is_empty();
    for (names, drifts) in [
        ("database and models", &found.live_declared),
        ("migrations and models", &found.recorded_declared),
        ("database and migrations", &found.live_recorded),
    ] {
        // Where the database is what the migrations say, their difference from the models is the same.
        if drifts.is_empty() || (as_recorded && names == "migrations and models") {
            continue;
        }
        screen.result(format!("Drift: {names} differ in {}", plural(drifts.len(), "place")));
        for line in aligned(drifts.iter().map(row)) {
            screen.result(line);
        }
    }
    let mut fixes = Vec::new();
    if !found.live_recorded.is_empty() {
        fixes.push(format!("{} (what is pending shows there)", context.call("status")));
    }
    if !found.recorded_declared.is_empty() {
        fixes.push(format!("{} (make a migration)", context.call("generate")));
    }
    if found.recorded_declared.is_empty() {
        fixes.push("take what only the database has into the models, or drop it by hand".to_owned());
    }
    screen.line(format!("Fix: {}", fixes.join(", or ")));
    Ok(Outcome::finding(data))
}

fn row(drift: &Drift) -> Vec<String> {
    let place = drift.model.as_ref().map(|model| format!("   {model}")).unwrap_or_default();
    vec![format!("{} {}", drift.change.sign(), drift.change.subject()), format!("{}{place}", drift.text)]
}

fn as_json(drifts: &[Drift]) -> Vec<Value> {
    drifts
        .iter()
        .map(|drift| {
            json!({
                "sign": drift.change.sign().to_string(),
                "table": drift.change.table(),
                "subject": drift.change.subject(),
                "text": drift.text,
                "model": drift.model,
            })
        })
        .collect()
}
