use schema_migrate::{
    Error,
    merge::{MergeRequest, Merged, merge},
};
use serde_json::{Value, json};

use super::{Context, target::refuse_external};
use crate::{
    arguments::MergeArguments,
    output::{Outcome, plural, shown},
    progress::Progress,
};

pub(super) fn run(context: &Context<'_>, arguments: &MergeArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    let screen = context.screen();
    let request = MergeRequest {
        folder: &settings.migrations,
        heads: &arguments.heads,
        name: Some(&arguments.name),
        dry_run: arguments.dry_run,
    };
    let mut progress = Progress::new(screen);
    progress.start("trying the branches in every order", 0);
    let merged = merge(&request)?;
    progress.finish();
    let Some(merged) = merged else {
        screen.line("Done      one head: there is nothing to merge");
        return Ok(Outcome::done(json!({ "schema": settings.schema.name, "heads": [], "revision": null })));
    };
    say(context, &merged);
    let mut warnings = match merged.empty.as_slice() {
        [] => Vec::new(),
        empty => vec![format!("tried without rows, which no invented ones fit: {}", empty.join(", "))],
    };
    warnings.extend(merged.rust_steps.iter().map(|(revision, step)| {
        format!(
            "the Rust step `{step}` of {revision} was not run: whether the order of the branches matters to it, \
             only a person can tell"
        )
    }));
    Ok(Outcome::done(json!({
        "schema": settings.schema.name,
        "heads": merged.heads,
        "orders": merged.orders,
        "rows": merged.rows,
        "empty": merged.empty,
        "rust_steps": merged.rust_steps.iter().map(|(revision, step)| json!({
            "revision": revision,
            "function": step,
        })).collect::<Vec<_>>(),
        "revision": merged.draft.migration.revision.as_str(),
        "file": merged.written.as_ref().map_or(Value::Null, |path| shown(path).into()),
        "dry_run": merged.written.is_none(),
    }))
    .warnings(warnings))
}

fn say(context: &Context<'_>, merged: &Merged) {
    let screen = context.screen();
    screen.line(format!("Joined    {}", merged.heads.join(" and ")));
    screen.line(format!(
        "Tried     {} over {}: one schema, the same values",
        plural(merged.orders, "order"),
        plural(merged.rows, "row")
    ));
    match &merged.written {
        Some(path) => {
            screen.line(format!("Wrote     {}", shown(path)));
            screen.line(format!("Next      {}", context.call("migrate")));
        }
        None => screen.line(format!(
            "Dry run   {} would be written; nothing was written",
            shown(&merged.draft.migration.path)
        )),
    }
}
