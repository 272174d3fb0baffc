use schema_migrate::Error;
use schema_ops::backup::{Backup, Copied, Listing, Standing, list};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

use super::{
    Context,
    backup::{decisions, kept_for, places_of},
};
use crate::{
    arguments::ListBackupsArguments,
    output::{Outcome, age, aligned, plural, shown, size},
};

const INSTANT: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

pub(super) fn run(context: &Context<'_>, arguments: &ListBackupsArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let database = &settings.database()?.path;
    let places = settings.places(database);
    let Listing { backups, others, warnings } = list(&places, database);
    let screen = context.screen();
    if backups.is_empty() {
        screen.result(format!("Done       no backups of {} in {}", shown(database), shown(&places.primary)));
        say_others(context, &others);
        screen.line(format!("Next       {}", context.call("backup")));
        let data = json!({ "database": shown(database), "backups": [], "others": others_as_json(&others) });
        return Ok(Outcome::done(data).warnings(warnings));
    }
    let decisions = decisions(&settings, &backups);
    let kept: Vec<String> =
        decisions.iter().map(|decision| kept_for(decision, "no rule: goes with the next backup")).collect();
    let heading = ["#", "taken (UTC)", "age", "size", "why", "kept for", "revision", "check", "where"];
    let rows = backups.iter().zip(&kept).enumerate().map(|(at, (backup, kept))| row(at + 1, backup, kept));
    let rows = std::iter::once(heading.map(str::to_owned).to_vec()).chain(rows);
    aligned(rows).iter().for_each(|line| screen.result(line));
    let noted = backups.iter().enumerate().filter_map(|(at, backup)| {
        let note = backup.manifest()?.note.as_deref()?;
        Some(format!("  {}: {note}", at + 1))
    });
    noted.for_each(|line| screen.line(line));
    say_others(context, &others);
    let listed: Vec<Value> = backups
        .iter()
        .zip(&decisions)
        .map(|(backup, decision)| {
            json!({
                "id": backup.name.to_string(),
                "taken_at": instant(backup.name.taken_at),
                "kept_for": decision.kept_for.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "manifest": backup.manifest(),
                "copies": backup.copies.iter().map(copy_as_json).collect::<Vec<_>>(),
            })
        })
        .collect();
    let data = json!({ "database": shown(database), "backups": listed, "others": others_as_json(&others) });
    let is_bad = |copy: &Copied| matches!(copy.standing(), Standing::Bad(_));
    if backups.iter().any(|backup| backup.copies.iter().any(is_bad)) {
        screen.line(format!("Next       {}", context.call("verify-backup --all")));
        return Ok(Outcome::finding(data).warnings(warnings));
    }
    Ok(Outcome::done(data).warnings(warnings))
}

/// Of which other databases of the same name backups stand there; under `-v` each of them.
fn say_others(context: &Context<'_>, others: &[Backup]) {
    let screen = context.screen();
    let mut of: Vec<(&str, Vec<&Backup>)> = Vec::new();
    for backup in others {
        let path = path_of(backup);
        match of.iter_mut().find(|(known, _)| *known == path) {
            Some((_, backups)) => backups.push(backup),
            None => of.push((path, vec![backup])),
        }
    }
    for (path, backups) in of {
        screen.line(format!("Others     {} of {path}", plural(backups.len(), "backup")));
        backups.iter().for_each(|backup| screen.detail(format!("           {}", backup.name)));
    }
}

fn path_of(backup: &Backup) -> &str {
    backup.origin().map_or("another database", |origin| &origin.path)
}

fn others_as_json(others: &[Backup]) -> Vec<Value> {
    let told = |backup: &Backup| {
        json!({
            "id": backup.name.to_string(),
            "database": path_of(backup),
            "copies": backup.copies.iter().map(copy_as_json).collect::<Vec<_>>(),
        })
    };
    others.iter().map(told).collect()
}

fn row(number: usize, backup: &Backup, kept: &str) -> Vec<String> {
    let manifest = backup.manifest();
    let bytes = backup.copies.first().map_or(0, |copy| copy.bytes);
    let revision = manifest.and_then(|manifest| manifest.revision.as_deref()).unwrap_or("-");
    let check =
        backup.copies.iter().map(|copy| check(&copy.standing())).max_by_key(|text| text.starts_with("BAD"));
    vec![
        number.to_string(),
        instant(backup.name.taken_at),
        age(OffsetDateTime::now_utc() - backup.name.taken_at),
        size(bytes),
        manifest.map_or("-".to_owned(), |manifest| manifest.reason.to_string()),
        kept.to_owned(),
        revision.split('_').next().unwrap_or(revision).to_owned(),
        check.unwrap_or_default(),
        places_of(backup),
    ]
}

/// `ok today`, `ok 3 d ago`, `BAD hash`, `no manifest`.
pub(super) fn check(standing: &Standing) -> String {
    match standing {
        Standing::Good(at) => {
            let since = OffsetDateTime::now_utc() - *at;
            if since.whole_days() < 1 { "ok today".to_owned() } else { format!("ok {} ago", age(since)) }
        }
        Standing::Bad(word) => format!("BAD {word}"),
        Standing::Unknown(why) => why.clone(),
    }
}

pub(super) fn instant(instant: OffsetDateTime) -> String {
    instant.format(INSTANT).unwrap_or_default()
}

fn copy_as_json(copy: &Copied) -> Value {
    let (state, fault) = match copy.standing() {
        Standing::Good(_) => ("good", None),
        Standing::Bad(word) => ("bad", Some(word)),
        Standing::Unknown(why) => ("unknown", Some(why)),
    };
    json!({ "place": copy.place, "path": shown(&copy.packed), "bytes": copy.bytes, "state": state, "fault": fault })
}
