use schema_migrate::{
    Error,
    development::{ClearRequest, Tables, clear, clearable},
};
use serde_json::json;

use super::{
    Context,
    development::{as_json, refuse_production, rows_text, settle, show},
    target::{refuse_external, target},
    watch::Watch,
};
use crate::{
    arguments::ClearArguments,
    output::{Outcome, shown},
};

pub(super) fn run(context: &Context<'_>, arguments: &ClearArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    refuse_production(&settings, &context.caller().name("clear"))?;
    let target = target(&settings)?;
    let tables =
        if arguments.all { Tables::AllBut(&arguments.keep) } else { Tables::Named(&arguments.tables) };
    let found = clearable(&target, tables)?;
    let screen = context.screen();
    let mut data = json!({
        "database": shown(&target.database),
        "dry_run": arguments.loss.dry_run,
        "tables": as_json(&found),
        "backup": null,
    });
    show(context, &found);
    let rows: u64 = found.iter().map(|table| table.rows).sum();
    if arguments.loss.dry_run {
        screen.line(format!("Dry run    {} would be deleted; nothing was changed", rows_text(rows)));
        return Ok(Outcome::done(data));
    }
    settle(context, &arguments.loss, "Clear", &found)?;
    let request = ClearRequest { tables, restart: arguments.restart_ids, backup: !arguments.loss.no_backup };
    let mut watch = Watch::new(screen);
    let cleared = clear(&target, &request, &mut watch)?;
    let rows: u64 = cleared.tables.iter().map(|table| table.rows).sum();
    screen.line(format!("Done       {} deleted", rows_text(rows)));
    data["tables"] = as_json(&cleared.tables);
    data["backup"] = watch.backup.clone();
    Ok(Outcome::done(data).warnings(cleared.report.warnings))
}
