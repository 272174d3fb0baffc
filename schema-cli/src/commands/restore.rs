use std::{fs, path::Path};

use schema_migrate::{Error, ErrorKind, Next, run::Lock};
use schema_ops::{
    backup::{Backup, Listing, Places, find, list},
    restore::{Put, Restored, Source, Staged},
};
use serde_json::json;

use super::{
    Context,
    list_backups::{check, instant},
    target::{refuse_external, target},
    watch::Watch,
};
use crate::{
    arguments::RestoreArguments,
    output::{Outcome, aligned, count, duration, plural, shown, size},
    present::{backup_as_json, backup_line},
    progress::Progress,
    question::{Flagged, Prompter as _},
};

pub(super) fn run(context: &Context<'_>, arguments: &RestoreArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    let target = target(&settings)?;
    let places = settings.places(&target.database);
    let source = source(context, arguments, &places, &target.database)?;
    let screen = context.screen();
    let mut progress = Progress::new(screen);
    let heard = context.signals().heard();
    let mut staged = Staged::prepare(&source, &target.database, &mut |done| {
        progress.show(done);
        context.signals().interrupt().check()
    })?;
    drop(heard);
    progress.finish();
    let rows = staged.contents.tables.values().sum();
    let holds = format!("{} rows in {}", count(rows), plural(staged.contents.tables.len(), "table"));
    screen.line(format!("Backup     {}   {holds}   verified", shown(&staged.from)));
    let at = staged.contents.revision.as_deref().unwrap_or("no revision");
    let mut data = json!({
        "dry_run": arguments.dry_run,
        "database": shown(&target.database),
        "from": shown(&staged.from),
        "revision": staged.contents.revision,
        "tables": staged.contents.tables,
    });
    if arguments.dry_run {
        screen.result(format!(
            "Dry run    it would be written into {}, at {at}; nothing was changed",
            shown(&target.database)
        ));
        return Ok(Outcome::done(data).warnings(staged.warnings.clone()));
    }
    if !screen.is_json() {
        // Said before the question, and once.
        staged.warnings.drain(..).for_each(|warning| screen.warning(warning));
    }
    confirm(context, arguments, &source, &target.database, &staged)?;
    if let Some(folder) = target.database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        // The lock stands beside the database.
        fs::create_dir_all(folder).map_err(|error| {
            Error::new(ErrorKind::Preflight, format!("{} cannot be made", folder.display()))
                .why(error.to_string())
                .state("nothing was changed")
        })?;
    }
    let _heard = context.signals().heard();
    let _lock = Lock::take_observed(
        &target.database,
        target.lock_wait(),
        &mut Watch::new(screen),
        context.signals().interrupt(),
    )?;
    let how = Put {
        database: &target.database,
        places: &places,
        wait: target.wait,
        keep_before: !arguments.no_backup,
    };
    let done = staged.put(&how, &mut |done| {
        progress.show(done);
        context.signals().interrupt().check()
    })?;
    progress.finish();
    say(context, &done, &target.database, at);
    data["rows"] = json!(done.contents.tables);
    data["before"] = json!(done.before.as_ref().map(backup_as_json));
    data["aside"] = json!(done.aside.as_ref().map(|aside| shown(&aside.path)));
    data["orphans"] = json!(done.contents.orphans);
    Ok(Outcome::done(data).warnings(warnings(&done)))
}

/// What is to be restored: a file, a backup of the list, or what a person picks.
fn source(
    context: &Context<'_>,
    arguments: &RestoreArguments,
    places: &Places,
    database: &Path,
) -> Result<Source, Error> {
    let Listing { backups, others, warnings } = list(places, database);
    warnings.iter().for_each(|warning| context.screen().warning(warning));
    let Some(wanted) = &arguments.backup else { return pick(context, backups).map(Source::Backup) };
    let error = match find(&backups, wanted) {
        Ok(backup) => return Ok(Source::Backup(backup.clone())),
        Err(error) => error,
    };
    match by_id(&others, wanted) {
        _ if Path::new(wanted).is_file() => Ok(Source::File(wanted.into())),
        Some(other) if arguments.other_database => Ok(Source::Backup(other.clone())),
        Some(other) => Err(of_another(other, database)),
        None => Err(error),
    }
}

/// One of other databases' backups, which have no numbers.
pub(super) fn by_id<'b>(others: &'b [Backup], wanted: &str) -> Option<&'b Backup> {
    wanted.parse::<u16>().is_err().then(|| find(others, wanted).ok()).flatten()
}

/// Somebody else's rows come into a database only where that is meant.
fn of_another(other: &Backup, database: &Path) -> Error {
    let path = other.origin().map_or("another database", |origin| &origin.path);
    Error::new(ErrorKind::Answer, format!("{} is a backup of another database", other.name))
        .why(format!("it was taken of {path}, and {} is to be restored", shown(database)))
        .state("nothing was changed")
        .next(
            Next::new("db-restore ")
                .word(&other.name)
                .own(" --other-database (its rows take the place of what is here)"),
        )
        .next(
            Next::new("db-restore ")
                .word(&other.name)
                .own(" --url ")
                .word(format_args!("sqlite:{path}"))
                .own(" (where it was taken)"),
        )
}

fn pick(context: &Context<'_>, backups: Vec<Backup>) -> Result<Backup, Error> {
    if backups.is_empty() {
        return Err(Error::new(ErrorKind::Preflight, "there is no backup to restore")
            .why("the folders of backups hold none of this database")
            .state("nothing was changed")
            .next("db-restore FILE, where a backup is somewhere else"));
    }
    let rows = backups.iter().map(|backup| {
        let first = backup.copies.first();
        let manifest = backup.manifest();
        vec![
            instant(backup.name.taken_at),
            size(first.map_or(0, |copy| copy.bytes)),
            manifest.map_or("-".to_owned(), |manifest| manifest.reason.to_string()),
            backup.good().or(first).map(|copy| check(&copy.standing())).unwrap_or_default(),
            manifest.and_then(|manifest| manifest.note.clone()).unwrap_or_default(),
        ]
    });
    let answers: Vec<String> = aligned(rows).iter().map(|line| line.trim().to_owned()).collect();
    match context.prompter().choose("Which backup shall be restored?", &answers)? {
        Some(chosen) => backups.into_iter().nth(chosen).ok_or_else(|| Error::failed("no backup was chosen")),
        None => Err(Error::new(ErrorKind::Answer, "1 question needs an answer and there is no terminal")
            .why(format!("which backup shall be restored?\nthe newest is {}", backups[0].name))
            .state("nothing was changed")
            .next(Next::new("db-restore ").word(&backups[0].name).own(" --yes"))
            .next("db-list-backups")),
    }
}

fn confirm(
    context: &Context<'_>,
    arguments: &RestoreArguments,
    source: &Source,
    database: &Path,
    staged: &Staged,
) -> Result<(), Error> {
    let lost = if arguments.no_backup { "is lost" } else { "is backed up first" };
    let question =
        format!("What {} holds {lost}, and {} takes its place", shown(database), shown(&staged.from));
    let flagged = Flagged { yes: arguments.yes, otherwise: context.prompter() };
    match flagged.confirm(&question, "restore it")? {
        Some(true) => Ok(()),
        Some(false) => {
            Err(Error::new(ErrorKind::Answer, "stopped: nothing was restored").state("nothing was changed"))
        }
        None => {
            // The id: a number means another one as soon as there is one more.
            let chosen = match source {
                Source::Backup(backup) => backup.name.to_string(),
                Source::File(path) => path.display().to_string(),
            };
            let other = if arguments.other_database { " --other-database" } else { "" };
            let kept = if arguments.no_backup { " --no-backup" } else { "" };
            Err(Error::new(ErrorKind::Answer, "1 question needs an answer and there is no terminal")
                .why(question)
                .state("nothing was changed")
                .next(Next::new("db-restore ").word(chosen).own(other).own(kept).own(" --yes")))
        }
    }
}

fn say(context: &Context<'_>, done: &Restored, database: &Path, at: &str) {
    let screen = context.screen();
    if let Some(before) = &done.before {
        screen.line(format!("Before     {}", backup_line(before)));
    }
    if let Some(aside) = &done.aside {
        screen.line(format!("Moved      what could not be read to {}", shown(&aside.path)));
    }
    let orphans = if done.contents.orphans.is_empty() { ", foreign keys ok" } else { "" };
    screen.line(format!("Verified   rows as in the backup, integrity ok{orphans}"));
    let undo = done
        .before
        .as_ref()
        .map(|before| format!(". Undo: {}", context.call(&format!("restore {}", before.name))));
    screen.result(format!(
        "Done       {} is at {at} again, in {}{}",
        shown(database),
        duration(done.duration),
        undo.unwrap_or_default()
    ));
}

fn warnings(done: &Restored) -> Vec<String> {
    let orphans = done.contents.orphans.iter().map(|found| match found.rows {
        Some(rows) => {
            format!("{rows} rows of {} have no row in {}, as in the backup", found.table, found.parent)
        }
        None => format!(
            "a foreign key of {} refers to columns of {} that are no key, as in the backup",
            found.table, found.parent
        ),
    });
    done.warnings.iter().cloned().chain(orphans).collect()
}
