use schema_migrate::{
    Error,
    stamp::{BaselineRequest, Bookkeeping, Compared, Stamped, baseline, revisions, tool_named},
};
use serde_json::{Value, json};

use super::{
    Context,
    target::{refuse_external, target},
};
use crate::{
    arguments::StampArguments,
    output::{Outcome, objects, shown},
};

pub(super) fn run(context: &Context<'_>, arguments: &StampArguments) -> Result<Outcome, Error> {
    if arguments.revision.is_none() && !arguments.baseline && arguments.from.is_none() {
        return Err(Error::usage("what is to be recorded?")
            .why("neither --baseline nor a revision is named")
            .state("nothing was changed")
            .next("db-stamp --baseline adopts a database that no migration has built")
            .next("db-stamp --from TOOL does so for one that another migration tool has kept")
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
                from: arguments.from.as_deref().map(tool_named).transpose()?,
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
        "kind": if is_baseline(arguments) { "baseline" } else { "normal" },
        "other_tools": bookkeeping_as_json(&stamped.bookkeeping),
        "revisions": stamped.revisions,
        "file": stamped.file.as_ref().map(|file| file.display().to_string()),
        "compared": { "tables": tables, "views": views, "indexes": indexes, "triggers": triggers,
            "virtual_tables": virtual_tables },
        "dry_run": arguments.dry_run,
    }))
    .warnings(stamped.warnings))
}

fn is_baseline(arguments: &StampArguments) -> bool {
    arguments.revision.is_none()
}

/// What other tools have written down, one object a tool.
pub(super) fn bookkeeping_as_json(found: &[Bookkeeping]) -> Value {
    found
        .iter()
        .map(|one| json!({ "tool": one.tool.word, "table": one.tool.table, "revisions": one.revisions }))
        .collect()
}

fn show(context: &Context<'_>, arguments: &StampArguments, stamped: &Stamped, compared_with: &str) {
    let screen = context.screen();
    for one in &stamped.bookkeeping {
        screen.line(format!(
            "Found     {}: {}   (table {}, left alone)",
            one.tool.name,
            one.summary(),
            one.tool.table
        ));
        for revision in &one.revisions {
            screen.detail(format!("          {revision}"));
        }
    }
    screen.line(format!("Compared  database = {compared_with}: {}", objects(stamped.compared)));
    if arguments.dry_run {
        if let Some(text) = &stamped.text {
            screen.detail(text.trim_end());
        }
        let what = if is_baseline(arguments) { "would be written and recorded" } else { "would be recorded" };
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
