use schema_migrate::{
    Error,
    history::{Middle, Standing},
    run::Target,
    rust_step::misfit,
    shell_word,
    status::{Entry, Status, status},
};
use schema_ops::restore::newest_good;
use serde_json::{Value, json};

use super::{Context, stamp::bookkeeping_as_json, target::target};
use crate::{
    arguments::StatusArguments,
    call::Caller,
    output::{Outcome, aligned, plural, shown},
};

pub(super) fn run(context: &Context<'_>, arguments: &StatusArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let target = target(&settings)?;
    let found = status(&target)?;
    let missing = missing_step(context.caller(), &target, &found)?;
    let named_by = &settings.database()?.named_by;
    let screen = context.screen();
    screen.line(format!("Database   {}   (from {named_by})", shown(&target.database)));
    if !found.database_exists {
        screen.line("           is not there yet");
    }
    for line in aligned(found.entries.iter().map(row)) {
        screen.line(line);
    }
    for one in &found.bookkeeping {
        screen.line(format!(
            "{:<10} {}   (table {}, left alone)",
            one.tool.name,
            one.summary(),
            one.tool.table
        ));
    }
    if found.pushed > 0 {
        screen.line(format!(
            "Pushed     {} that no migration records yet: {} writes one, {} records it",
            plural(found.pushed, "object"),
            context.call("generate"),
            context.call("migrate")
        ));
    }
    if found.is_branched() && found.standing(Standing::Vanished).next().is_none() {
        screen.line(format!("Heads      {}   (not merged)", names(&found).join(", ")));
    }
    let data = json!({
        "schema": settings.schema.name,
        "database": shown(&target.database),
        "named_by": named_by,
        "exists": found.database_exists,
        "applied": entries(&found, Standing::Applied),
        "pending": entries(&found, Standing::Pending),
        "edited": entries(&found, Standing::Edited),
        "vanished": entries(&found, Standing::Vanished),
        "unknown": entries(&found, Standing::Unknown),
        "dirty": entries(&found, Standing::Dirty),
        "heads": names(&found),
        "other_tools": bookkeeping_as_json(&found.bookkeeping),
        "pushed": found.pushed,
        "squash": found.middle.as_ref().map(middle_as_json),
    });
    if let Some(middle) = &found.middle {
        screen.line(told_middle(middle));
    }
    if let Some(one) = found.bookkeeping.iter().find(|_| is_foreign(&found)) {
        screen.result(format!("Found      a database that {} has kept so far", one.tool.name));
        let adopt = context.call(&format!("stamp --from {}", one.tool.word));
        screen.line(format!("Next       {adopt} adopts it as it is"));
        return Ok(Outcome::finding(data));
    }
    if found.is_up_to_date() && missing.is_none() {
        screen.result(format!(
            "Done       {} applied, nothing is pending",
            plural(found.entries.len(), "migration")
        ));
        return Ok(Outcome::done(data));
    }
    screen.result(format!("Found      {}", summary(&found, missing.is_some())));
    let vanished = found.standing(Standing::Vanished).next();
    if let Some(gone) = vanished {
        screen.line(format!("Next       restore {}.sql from version control", gone.revision));
    } else if found.is_branched() {
        screen
            .line(format!("Next       {} joins the branches, once they fit together", context.call("merge")));
    } else if let Some(middle) = found.middle.as_ref().filter(|middle| !middle.is_kept) {
        screen.line(format!("Next       {}", next_in(context, middle)));
    } else if let Some(newest) = lost(&target, &found) {
        let restore = context.call(&format!("restore {}", shell_word(&newest)));
        screen.line(format!("Next       {restore} (the newest good backup of the database that is gone)"));
        screen.line(format!("           or {} begins with an empty one", context.call("migrate --new")));
    } else if missing.is_some() {
        screen.line(format!("Next       what is said of the Rust step, then {}", context.call("migrate")));
    } else if found.standing(Standing::Pending).next().is_some() {
        screen.line(format!("Next       {}", context.call("migrate")));
    }
    Ok(Outcome::finding(data)
        .warnings(warnings(context.caller(), &found).into_iter().chain(missing).collect()))
}

/// The newest good backup of a database that is not there.
fn lost(target: &Target, found: &Status) -> Option<String> {
    let places = target.backups.as_ref().filter(|_| !found.database_exists)?;
    newest_good(places, &target.database).map(|backup| backup.name.to_string())
}

/// That a database stands in the middle of a squash, and where.
pub(super) fn told_middle(middle: &Middle) -> String {
    let Middle { squash, newest, last, is_kept } = middle;
    let files = if *is_kept {
        "the old files are kept, and a migration goes through them"
    } else {
        "the old files are not all in the folder `squashed`"
    };
    format!("Squash     the database has {newest}, and {squash} replaces everything up to {last}: {files}")
}

/// What brings a database on whose old files are not kept.
pub(super) fn next_in(context: &Context<'_>, middle: &Middle) -> String {
    format!(
        "bring the old files up to {} from version control into the folder `squashed`, then {}",
        middle.last,
        context.call("migrate")
    )
}

pub(super) fn middle_as_json(middle: &Middle) -> Value {
    json!({
        "revision": middle.squash,
        "newest": middle.newest,
        "last": middle.last,
        "kept": middle.is_kept,
    })
}

/// Which Rust step the pending revisions lack; asked only where db-migrate would come so far.
fn missing_step(caller: &Caller, target: &Target, found: &Status) -> Result<Option<String>, Error> {
    let stands = |entry: &Entry| matches!(entry.standing, Standing::Applied | Standing::Pending);
    if !found.entries.iter().all(stands) {
        return Ok(None);
    }
    Ok(misfit(target, found)?.map(|error| {
        let next =
            error.next_steps().first().map(|next| format!(": {}", caller.next(next))).unwrap_or_default();
        format!("{}{next}", error.what())
    }))
}

/// Whether no revision of the folder was applied, although the database is there.
fn is_foreign(found: &Status) -> bool {
    found.database_exists && found.entries.iter().all(|entry| entry.applied.is_none())
}

fn names(found: &Status) -> Vec<&str> {
    found.heads.iter().map(|head| head.revision.as_str()).collect()
}

fn row(entry: &Entry) -> Vec<String> {
    let applied = entry.applied.as_ref();
    vec![
        entry.standing.to_string(),
        entry.revision.clone(),
        applied.map(|row| row.applied_at.chars().take(19).collect()).unwrap_or_default(),
        applied.map(|row| format!("{} ms", row.duration_ms)).unwrap_or_default(),
    ]
}

fn summary(found: &Status, lacks_a_step: bool) -> String {
    let all = [Standing::Pending, Standing::Edited, Standing::Vanished, Standing::Unknown, Standing::Dirty];
    let counted = all.iter().map(|standing| (found.standing(*standing).count(), standing));
    let mut counted: Vec<String> = counted
        .filter(|(count, _)| *count > 0)
        .map(|(count, standing)| format!("{count} {standing}"))
        .chain(lacks_a_step.then(|| "a Rust step does not fit its file".to_owned()))
        .collect();
    // A file that is gone leaves heads that it joined.
    if found.is_branched() && found.standing(Standing::Vanished).next().is_none() {
        counted.push(format!("{} heads", found.heads.len()));
    }
    counted.join(", ")
}

/// How far a revision came that runs outside of a transaction.
fn half_way(caller: &Caller, entry: &Entry) -> Option<String> {
    let left = entry.applied.as_ref()?.unfinished()?;
    let resolve = caller.call(&format!("migrate --resolve {}=continue", entry.revision));
    Some(format!("{} was stopped half-way: {}. {resolve}, =applied or =pending", entry.revision, left.told()))
}

fn warnings(caller: &Caller, found: &Status) -> Vec<String> {
    let mut warnings = Vec::new();
    for entry in &found.entries {
        warnings.extend(match entry.standing {
            Standing::Edited => Some(format!(
                "{} was edited after it was applied: put the file back, or {}",
                entry.revision,
                caller.call(&format!("migrate --accept-edited {}", entry.revision))
            )),
            Standing::Dirty => half_way(caller, entry),
            Standing::Vanished => Some(format!("the file of {} is gone: restore it", entry.revision)),
            Standing::Unknown => Some(format!(
                "{} was applied from a file that is not here: of a newer program, or of a branch to fetch",
                entry.revision
            )),
            _ => None,
        });
    }
    warnings
}

fn entries(found: &Status, standing: Standing) -> Vec<Value> {
    found
        .standing(standing)
        .map(|entry| {
            let applied = entry.applied.as_ref();
            json!({
                "revision": entry.revision,
                "name": entry.name,
                "file": entry.path.as_deref().map(shown),
                "applied_at": applied.map(|row| &row.applied_at),
                "ms": applied.map(|row| row.duration_ms),
                "rows": applied.map(|row| row.rows_touched),
            })
        })
        .collect()
}
