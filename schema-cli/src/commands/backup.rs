use schema_migrate::{Error, run::open_read_only};
use schema_ops::{
    backup::{Backup, BackupName, Copied, Listing, Places, Reason, Request, holds_rows, list, take},
    retention::{Decision, Entry, Known, decide, plan, prune},
};
use serde_json::{Value, json};

use super::{Context, target::target};
use crate::{
    arguments::BackupArguments,
    output::{Outcome, aligned, count, plural, shown},
    present::{backup_as_json, backup_line},
    progress::Progress,
    settings::Settings,
};

pub(super) fn run(context: &Context<'_>, arguments: &BackupArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let target = target(&settings)?;
    let connection = open_read_only(&target.database, target.wait)?;
    let places = settings.places(&target.database);
    if arguments.dry_run {
        return dry_run(context, &settings, &places);
    }
    let screen = context.screen();
    let request = Request {
        note: arguments.note.as_deref(),
        pinned: arguments.pin,
        ..Request::new(&target.database, &places, Reason::Manual)
    };
    let mut progress = Progress::new(screen);
    let heard = context.signals().heard();
    let taken = take(&connection, &request, &mut |done| {
        progress.show(done);
        context.signals().interrupt().check()
    })?;
    drop(heard);
    progress.finish();
    drop(connection);
    screen.result(format!("Backup     {}", backup_line(&taken)));
    screen.line(format!(
        "Holds      {} rows in {}{}",
        count(taken.manifest.rows()),
        plural(taken.manifest.tables.len(), "table"),
        taken.manifest.revision.as_deref().map(|revision| format!(", at {revision}")).unwrap_or_default()
    ));
    let mut warnings = taken.warnings.clone();
    let pruned = prune(&places, &target.database, &settings.policy());
    for removed in &pruned.removed {
        screen.line(format!("Removed    {}", shown(removed)));
    }
    warnings.extend(pruned.warnings);
    screen.line(format!("Next       {}", context.call(&format!("restore {}", taken.name))));
    let mut data = backup_as_json(&taken);
    data["manifest"] = json!(taken.manifest);
    data["removed"] = pruned.removed.iter().map(|path| json!(shown(path))).collect();
    data["dry_run"] = json!(false);
    Ok(Outcome::done(data).warnings(warnings))
}

fn dry_run(context: &Context<'_>, settings: &Settings, places: &Places) -> Result<Outcome, Error> {
    let screen = context.screen();
    let database = &settings.database()?.path;
    let Listing { backups, warnings, .. } = list(places, database);
    let decisions = with_one_more(settings, &backups, database);
    screen.line(format!("Would go   to {}", shown(&places.primary)));
    if let Some(second) = &places.secondary {
        screen.line(format!("           and to {}", shown(second)));
    }
    let rows = decisions.iter().map(|decision| {
        vec![decision.name.to_string(), kept_for(decision, "would be removed: no rule keeps it")]
    });
    aligned(rows).iter().for_each(|line| screen.line(line));
    screen.result("Dry run    no backup was taken and none removed");
    let decided: Vec<Value> = decisions
        .iter()
        .map(|decision| {
            json!({
                "id": decision.name.to_string(),
                "removed": decision.kept_for.is_empty(),
                "kept_for": decision.kept_for.iter().map(ToString::to_string).collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(Outcome::done(json!({
        "dry_run": true,
        "database": shown(database),
        "folder": shown(&places.primary),
        "secondary": places.secondary.as_deref().map(shown),
        "backups": decided,
    }))
    .warnings(warnings))
}

/// What becomes of the backups once there is one more.
fn with_one_more(settings: &Settings, backups: &[Backup], database: &std::path::Path) -> Vec<Decision> {
    let now = time::OffsetDateTime::now_utc();
    let new = BackupName::new(database, now, u32::MAX);
    let mut entries: Vec<Entry> = backups.iter().map(Entry::from).collect();
    entries.insert(
        0,
        Entry {
            name: new.clone(),
            reason: Some(Reason::Manual),
            pinned: false,
            known: Known::Good,
            empty: open_read_only(database, std::time::Duration::ZERO)
                .and_then(|connection| holds_rows(&connection))
                .is_ok_and(|holds| !holds),
            foreign: false,
        },
    );
    plan(now, &settings.policy(), &entries).into_iter().filter(|decision| decision.name != new).collect()
}

/// `last 10, newest good`, or what is said of one that no rule keeps.
pub(super) fn kept_for(decision: &Decision, nothing: &str) -> String {
    if decision.kept_for.is_empty() {
        return nothing.to_owned();
    }
    decision.kept_for.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// The places of a backup, and which of them to use where the first is bad.
pub(super) fn places_of(backup: &Backup) -> String {
    let places: Vec<&str> = backup.copies.iter().map(|copy: &Copied| copy.place).collect();
    let places = places.join(" ");
    match (backup.good(), backup.copies.first()) {
        (Some(good), Some(first)) if good.place != first.place => format!("{places}   <- use {}", good.place),
        _ => places,
    }
}

/// Why each backup is kept, by the settings, newest first.
pub(super) fn decisions(settings: &Settings, backups: &[Backup]) -> Vec<Decision> {
    decide(time::OffsetDateTime::now_utc(), &settings.policy(), backups)
}
