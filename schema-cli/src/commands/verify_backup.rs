use schema_migrate::{Error, ErrorKind};
use schema_ops::backup::{Backup, Listing, Look, find, list, look};
use serde_json::{Value, json};

use super::{Context, restore::by_id};
use crate::{
    arguments::VerifyBackupArguments,
    output::{Outcome, plural, shown},
    progress::Progress,
};

pub(super) fn run(context: &Context<'_>, arguments: &VerifyBackupArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let database = &settings.database()?.path;
    let places = settings.places(database);
    let Listing { backups, others, mut warnings } = list(&places, database);
    let other = arguments.backup.as_deref().and_then(|wanted| by_id(&others, wanted));
    if backups.is_empty() && other.is_none() {
        return Err(Error::new(ErrorKind::Preflight, format!("there are no backups of {}", shown(database)))
            .why(format!("{} holds none", shown(&places.primary)))
            .state("nothing was changed")
            .next("db-backup"));
    }
    let chosen: Vec<&Backup> = match &arguments.backup {
        _ if arguments.all => backups.iter().collect(),
        // To read one changes nothing: it may be another database's.
        Some(wanted) => vec![find(&backups, wanted).or_else(|error| other.ok_or(error))?],
        None => backups.iter().take(1).collect(),
    };
    let screen = context.screen();
    let mut progress = Progress::new(screen);
    let (mut bad, mut told) = (0, Vec::new());
    let _heard = context.signals().heard();
    for backup in &chosen {
        let looks = look(backup, &mut |done| {
            progress.show(done);
            context.signals().interrupt().check()
        });
        context.signals().interrupt().check()?;
        progress.finish();
        for look in &looks {
            let path = shown(&look.copy.packed);
            match &look.fault {
                None => screen.line(format!("Good       {path}   {}", what_was_checked(look))),
                Some((word, why)) => screen.result(format!("BAD {word:<6} {path}   {why}")),
            }
            warnings.extend(
                look.unrecorded.as_ref().map(|why| format!("{path}: the result could not be noted: {why}")),
            );
        }
        let is_bad = looks.iter().any(|look| look.fault.is_some());
        bad += usize::from(is_bad);
        let good = looks.iter().find(|look| look.fault.is_none());
        if let Some(good) = good.filter(|_| is_bad) {
            screen.result(format!(
                "           the {} copy is good: {} takes that one",
                good.copy.place,
                context.caller().name("restore")
            ));
        }
        told.push(json!({ "id": backup.name.to_string(), "good": !is_bad, "copies": looks.iter().map(as_json).collect::<Vec<_>>() }));
    }
    let checked = plural(chosen.len(), "backup");
    screen.line(match bad {
        0 => format!("Verified   {checked}: every byte is what was packed"),
        bad => format!("Verified   {checked}, {bad} BAD"),
    });
    let mut outcome = Outcome::done(json!({ "backups": told })).warnings(warnings);
    if bad > 0 {
        outcome.exit = ErrorKind::Verification.exit_code();
    }
    Ok(outcome)
}

fn what_was_checked(look: &Look) -> &'static str {
    match look.copy.manifest() {
        Some(_) => "SHA-256 of the packed file and of the database",
        None => "no manifest: unpacked, and its integrity checked",
    }
}

fn as_json(look: &Look) -> Value {
    json!({
        "place": look.copy.place,
        "path": shown(&look.copy.packed),
        "good": look.fault.is_none(),
        "fault": look.fault.as_ref().map(|(word, _)| word),
        "why": look.fault.as_ref().map(|(_, why)| why),
    })
}
