use schema_migrate::{
    Error,
    files::Folder,
    history,
    run::open_read_only,
    squash::{SquashRequest, Squashed, squash},
};
use serde_json::{Value, json};

use super::{
    Context,
    target::{refuse_external, target},
};
use crate::{
    arguments::SquashArguments,
    output::{Outcome, plural, shortened, shown},
};

pub(super) fn run(context: &Context<'_>, arguments: &SquashArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    // A folder can be squashed where there is no database; one that is there has to have what is folded.
    let history = match target(&settings) {
        Ok(target) if target.database.exists() => {
            let folder = Folder::scan(&settings.migrations)?;
            history::read_beside(&open_read_only(&target.database, target.wait)?, &folder)?
        }
        _ => Vec::new(),
    };
    let squashed = squash(&SquashRequest {
        folder: &settings.migrations,
        to: arguments.to.as_deref(),
        name: Some(&arguments.name),
        history: &history,
        dry_run: arguments.dry_run,
    })?;
    say(context, &squashed);
    Ok(Outcome::done(json!({
        "schema": settings.schema.name,
        "replaces": squashed.replaces,
        "rows": squashed.rows,
        "left_out": squashed.left_out.iter().map(|place| shortened(place)).collect::<Vec<_>>(),
        "revision": squashed.draft.migration.revision.as_str(),
        "file": squashed.written.as_ref().map_or(Value::Null, |path| shown(path).into()),
        "moved_to": shown(&squashed.moved_to),
        "dry_run": squashed.written.is_none(),
    })))
}

fn say(context: &Context<'_>, squashed: &Squashed) {
    let screen = context.screen();
    screen.line(format!("Folded    {}", plural(squashed.replaces.len(), "revision")));
    for revision in &squashed.replaces {
        screen.detail(format!("          {revision}"));
    }
    screen.line(format!("Proved    it builds the same schema, with {}", plural(squashed.rows, "row")));
    if !squashed.left_out.is_empty() {
        screen.line(
            "Left out  statements that change rows which are there, since a new database has none of those:",
        );
        for place in &squashed.left_out {
            screen.line(format!("          {}", shortened(place)));
        }
    }
    let Some(path) = &squashed.written else {
        let path = shown(&squashed.draft.migration.path);
        screen.detail(squashed.draft.text.trim_end());
        return screen.line(format!("Dry run   {path} would be written; nothing was written or moved"));
    };
    screen.line(format!("Wrote     {}", shown(path)));
    screen.line(format!("Moved     the old files into {}", shown(&squashed.moved_to)));
    screen.line(format!("Next      {} on each database: it runs nothing there", context.call("migrate")));
}
