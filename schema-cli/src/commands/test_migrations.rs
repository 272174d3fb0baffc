use schema_migrate::{
    Error,
    files::Folder,
    test_migrations::{Tried, test_migrations},
};
use serde_json::{Value, json};

use super::Context;
use crate::{
    arguments::TestMigrationsArguments,
    output::{Outcome, duration, plural},
};

pub(super) fn run(context: &Context<'_>, arguments: &TestMigrationsArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let folder = Folder::read(&settings.migrations)?;
    let screen = context.screen();
    let total = folder.migrations().len();
    let mut number = 0;
    let tried = test_migrations(&folder, &mut |one| {
        number += 1;
        let way = if one.irreversible.is_some() { "up, no way back" } else { "up, down, up" };
        let rows = plural(one.rows, "row");
        let took = duration(one.duration);
        screen.line(format!("  {number}/{total}  {:<36} {way:<16} {rows:<10} {took}", one.revision));
    })?;
    let irreversible: Vec<&Tried> = tried.iter().filter(|one| one.irreversible.is_some()).collect();
    for one in &irreversible {
        let why = one.irreversible.as_deref().unwrap_or_default();
        screen.line(format!("No way back: {}   {why}", one.revision));
    }
    screen.result(format!(
        "Done       {} tried, {} without a way back",
        plural(total, "migration"),
        irreversible.len()
    ));
    let data = json!({
        "schema": settings.schema.name,
        "migrations": tried.iter().map(as_json).collect::<Vec<_>>(),
    });
    Ok(Outcome::done(data).warnings(tried.iter().flat_map(warnings).collect()))
}

fn warnings(one: &Tried) -> Vec<String> {
    let revision = &one.revision;
    let mut told: Vec<String> =
        one.not_restored.iter().map(|what| format!("{revision}: after the way back {what}")).collect();
    if let Some(why) = &one.down_on_empty {
        told.push(format!("{revision}: the way back was tried on empty tables only: {why}"));
    }
    if !one.empty.is_empty() {
        told.push(format!("{revision}: tried without rows in {}", one.empty.join(", ")));
    }
    for step in &one.rust_steps {
        told.push(format!(
            "{revision}: the Rust step `{step}` was not run, and what it does to rows was not tried"
        ));
    }
    told
}

fn as_json(one: &Tried) -> Value {
    json!({
        "revision": one.revision,
        "rows": one.rows,
        "empty": one.empty,
        "irreversible": one.irreversible,
        "down_on_empty": one.down_on_empty,
        "not_restored": one.not_restored,
        "rust_steps": one.rust_steps,
        "ms": u64::try_from(one.duration.as_millis()).unwrap_or(u64::MAX),
    })
}
