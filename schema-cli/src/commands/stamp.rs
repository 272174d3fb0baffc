use schema_migrate::{
    Error,
    stamp::{BaselineRequest, Compared, Stamped, baseline, revisions},
};
use serde_json::json;

use super::{
    Context,
    target::{refuse_external, target},
};
use crate::{
    arguments::StampArguments,
    output::{Outcome, objects, shown},
};

pub(super) fn run(context: &Context<'_>, arguments: &StampArguments) -> Result<Outcome, Error> {
    if arguments.revision.is_none() && !arguments.baseline {
        return Err(Error::usage("what is to be recorded?")
            .why("neither --baseline nor a revision is named")
            .state("nothing was changed")
            .next("db-stamp --baseline adopts a database that no migration has built")
            .next("db-stamp REVISION records what somebody has run by hand"));
    }
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    let target = target(&settings)?;
    let (stamped, compared_with) = match &arguments.revision {
        Some(revision) => (revisions(&target, revision, arguments.dry_run)?, "migrations"),
        None => {
            let request = BaselineRequest {
                declared: settings.schema.declared,
                name: &arguments.name,
                dry_run: arguments.dry_run,
            };
            (baseline(&target, &request)?, "models")
        }
    };
    show(context, arguments, &stamped, compared_with);
    let Compared { tables, views, indexes, triggers, virtual_tables } = stamped.compared;
    Ok(Outcome::done(json!({
        "schema": settings.schema.name,
        "database": target.database.display().to_string(),
        "kind": if arguments.baseline { "baseline" } else { "normal" },
        "revisions": stamped.revisions,
        "file": stamped.file.as_ref().map(|file| file.display().to_string()),
        "compared": { "tables": tables, "views": views, "indexes": indexes, "triggers": triggers,
            "virtual_tables": virtual_tables },
        "dry_run": arguments.dry_run,
    }))
    .warnings(stamped.warnings))
}

fn show(context: &Context<'_>, arguments: &StampArguments, stamped: &Stamped, compared_with: &str) {
    let screen = context.screen();
    screen.line(format!("Compared  database = {compared_with}: {}", objects(stamped.compared)));
    if arguments.dry_run {
        if let Some(text) = &stamped.text {
            screen.detail(text.trim_end());
        }
        let what =
            if arguments.baseline { "a baseline would be written and recorded" } else { "would be recorded" };
        screen.line(format!("Dry run   {} {what}; nothing was changed", stamped.revisions.join(", ")));
        return;
    }
    if let Some(file) = &stamped.file {
        screen.line(format!("Wrote     {}", shown(file)));
    }
    for revision in &stamped.revisions {
        screen.line(format!("Stamped   {revision}   recorded as applied, nothing was run"));
    }
    screen.line(format!("Next      {}", context.call("check")));
}
