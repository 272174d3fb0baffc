use schema_migrate::{
    Error,
    development::{Tables, clearable, reset},
    run::{self, MigrateOptions},
};
use serde_json::json;

use super::{
    Context,
    development::{as_json, refuse_production, rows_text, settle, show},
    migrate::revisions,
    seed,
    target::{refuse_external, target},
    watch::Watch,
};
use crate::{
    arguments::ResetArguments,
    output::{Outcome, duration, shown},
    settings::Settings,
};

/// Empties the database and applies every migration.
pub(super) fn run(context: &Context<'_>, arguments: &ResetArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    begin_anew(context, arguments, &settings, "reset")
}

/// The same, and fills it.
pub(super) fn refresh(context: &Context<'_>, arguments: &ResetArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    // Known before anything goes.
    let seed = seed::registered(&settings)?.clone();
    let mut outcome = begin_anew(context, arguments, &settings, "refresh")?;
    if !arguments.loss.dry_run {
        let seeded = seed::seed(context, &settings, &seed, false)
            .map_err(|error| error.state("the database was reset, and nothing of the seed is in it"))?;
        outcome.data["seeded"] = seeded;
    }
    Ok(outcome)
}

fn begin_anew(
    context: &Context<'_>,
    arguments: &ResetArguments,
    settings: &Settings,
    command: &str,
) -> Result<Outcome, Error> {
    refuse_external(settings)?;
    refuse_production(settings, &context.caller().name(command))?;
    let mut target = target(settings)?;
    let screen = context.screen();
    let is_there = std::fs::metadata(&target.database).is_ok_and(|file| file.len() > 0);
    let found = if is_there { clearable(&target, Tables::AllBut(&[]))? } else { Vec::new() };
    show(context, &found);
    let rows: u64 = found.iter().map(|table| table.rows).sum();
    if arguments.loss.dry_run {
        screen.line(format!(
            "Dry run    {} would be deleted and every migration applied; nothing was changed",
            rows_text(rows)
        ));
        return Ok(Outcome::done(json!({
            "database": shown(&target.database), "dry_run": true, "tables": as_json(&found),
            "backup": null, "revisions": [],
        })));
    }
    settle(context, &arguments.loss, "Empty the database", &found)?;
    let mut watch = Watch::new(screen);
    let emptied = reset(&target, !arguments.loss.no_backup, &mut watch)?;
    if is_there {
        screen.line(format!("Emptied    {}", shown(&target.database)));
        // It is empty since it was emptied: no backup of it says that it is lost.
        target.backups = None;
    }
    let options = MigrateOptions {
        backup: false,
        anew: true,
        declared: Some(settings.schema.declared),
        strict_unique: settings.file.strict_unique,
        ..MigrateOptions::default()
    };
    let report = run::migrate(&target, &options, &mut watch).map_err(|error| {
        let state = match (is_there, &emptied.report.backup) {
            (false, _) => "there was no database before",
            (true, None) => "the database is empty",
            (true, Some(_)) => "the database is empty; what was in it is in the backup",
        };
        error.state(state).next("db-migrate goes on")
    })?;
    screen.line(format!("Done       {} applied in {}", report.revisions.len(), duration(report.duration)));
    Ok(Outcome::done(json!({
        "database": shown(&target.database),
        "dry_run": false,
        "tables": as_json(&emptied.tables),
        "backup": watch.backup,
        "revisions": revisions(&report),
    }))
    .warnings([emptied.report.warnings, report.warnings].concat()))
}
