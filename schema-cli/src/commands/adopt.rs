//! `db-check --adopt`: the database is right.

use std::collections::BTreeSet;

use schema_migrate::{
    Error, ErrorKind,
    check::{Check, Drift, check_with},
    files::Folder,
    generate::{Drafted, GenerateRequest, Generated, adopt},
    inspect::sqlite,
    lint::Figures,
    plan::EngineVersion,
    pull::{PullOptions, pull},
    run::open_read_only,
    stamp::without_bookkeeping,
};
use serde_json::{Value, json};

use super::{
    Context,
    check::{as_json, row},
    live::Live,
    pull::folder_of_models,
    side::WAIT,
    target::{refuse_external, target},
};
use crate::{
    arguments::{Adopted, CheckArguments},
    output::{Outcome, aligned, plural, shown},
    present::{
        Counts, Unsettled, answers, changes_as_json, finding_warnings, settle, show_changes, show_findings,
    },
    settings::Settings,
    source::{self, Action, Entry},
};

const STATE: &str = "nothing was changed and nothing was written";

pub(super) fn run(
    context: &Context<'_>,
    arguments: &CheckArguments,
    settings: &Settings,
    adopted: Adopted,
) -> Result<Outcome, Error> {
    refuse_external(settings)?;
    let adopted = match adopted {
        Adopted::Ask => {
            if compared(settings)?.is_clean() {
                return Ok(nothing(context, arguments, settings));
            }
            ask(context)?
        }
        chosen => chosen,
    };
    match adopted {
        Adopted::Models => models(context, arguments, settings),
        Adopted::Migration | Adopted::Ask => migration(context, arguments, settings),
    }
}

fn compared(settings: &Settings) -> Result<Check, Error> {
    let live = open_read_only(&settings.database()?.path, WAIT)?;
    let folder = Folder::read(&settings.migrations)?;
    check_with(settings.schema.declared, &folder, &live, settings.file.strict_unique)
}

fn ask(context: &Context<'_>) -> Result<Adopted, Error> {
    let choices = [
        "write a migration of what was changed by hand, recorded here and not run",
        "write the models of what differs",
    ];
    match context.prompter().choose("The database is right: what follows it?", &choices.map(str::to_owned))? {
        Some(0) => Ok(Adopted::Migration),
        Some(_) => Ok(Adopted::Models),
        None => Err(Error::new(ErrorKind::Answer, "1 question needs an answer and there is no terminal")
            .why("the database is right: what follows it?")
            .state(STATE)
            .next("answer with --adopt=migration (recorded here and not run) or --adopt=models")),
    }
}

fn nothing(context: &Context<'_>, arguments: &CheckArguments, settings: &Settings) -> Outcome {
    context.screen().line("Same      there is nothing to adopt");
    Outcome::done(
        json!({ "schema": settings.schema.name, "changes": [], "file": null, "dry_run": arguments.dry_run }),
    )
}

/// Writes the migration of what was changed by hand, and records it.
fn migration(
    context: &Context<'_>,
    arguments: &CheckArguments,
    settings: &Settings,
) -> Result<Outcome, Error> {
    let flags = arguments.answers.clone().unwrap_or_default();
    if flags.keep_dropped || flags.drop_kept {
        return Err(Error::usage("nothing is run on this database, so nothing can be kept or dropped")
            .why("--keep-dropped and --drop-kept are for what a migration does here")
            .state(STATE)
            .next("db-check --adopt=migration without them"));
    }
    let mut answers = answers(&flags)?;
    answers.strict_unique |= settings.file.strict_unique;
    let target = target(settings)?;
    let figures = Live::of(&target.database);
    let rows = |table: &str| figures.as_ref()?.rows(table);
    let path = |path: &schema_migrate::diff::Path| figures.as_ref()?.count(path);
    let number = |query: &str| figures.as_ref()?.number(query);
    let counts = Counts { path: &path, number: &number };
    loop {
        let request = GenerateRequest {
            name: arguments.name.as_deref(),
            answers: &answers,
            target: settings.file.target.unwrap_or_else(EngineVersion::bundled),
            dry_run: arguments.dry_run,
            figures: Figures::new(&rows),
            allow: &settings.file.allow,
            ..GenerateRequest::new(settings.schema.declared, &settings.migrations)
        };
        let open = match adopt(&target, &request)? {
            Generated::Nothing { .. } => return as_recorded(context, arguments, settings),
            Generated::Drafted(drafted) => return finish(context, arguments, settings, &drafted, &rows),
            Generated::Questions { questions, .. } => (questions, Vec::new(), Vec::new()),
            Generated::Blocked { blocked, .. } => (Vec::new(), blocked, Vec::new()),
            Generated::Losses { losses, .. } => (Vec::new(), Vec::new(), losses),
        };
        let (questions, blocked, losses) = &open;
        let open = Unsettled { questions, blocked, losses: losses.iter().collect() };
        settle(context.prompter(), &open, &mut answers, counts, STATE)?;
    }
}

/// Nothing was changed by hand; the models may still be others.
fn as_recorded(
    context: &Context<'_>,
    arguments: &CheckArguments,
    settings: &Settings,
) -> Result<Outcome, Error> {
    let drifts = compared(settings)?.live_declared;
    let outcome = nothing(context, arguments, settings);
    show_models(context, &drifts);
    Ok(outcome)
}

fn finish(
    context: &Context<'_>,
    arguments: &CheckArguments,
    settings: &Settings,
    drafted: &Drafted,
    rows: &dyn Fn(&str) -> Option<u64>,
) -> Result<Outcome, Error> {
    let screen = context.screen();
    let drifts = compared(settings)?.live_declared;
    let revision = &drafted.draft.migration.revision;
    screen.line(format!(
        "Compared  database with {}: {} by hand",
        plural(drafted.migrations, "migration"),
        plural(drafted.changes.len(), "change")
    ));
    show_changes(screen, &drafted.changes, None, rows);
    show_findings(screen, &drafted.findings);
    match &drafted.written {
        Some(path) => {
            screen.line(format!("Wrote     {}", shown(path)));
            screen.line(format!("Stamped   {revision}   recorded as applied, nothing was run"));
        }
        None => {
            screen.detail(drafted.draft.text.trim_end());
            screen.line(format!("Dry run   {revision} would be written and recorded; nothing was changed"));
        }
    }
    show_models(context, &drifts);
    if drifts.is_empty() && drafted.written.is_some() {
        screen.line(format!("Next      {}", context.call("check")));
    }
    let mut warnings = drafted.plan.notes.clone();
    warnings.extend(finding_warnings(&drafted.findings));
    Ok(Outcome::done(json!({
        "schema": settings.schema.name,
        "adopted": "migration",
        "changes": changes_as_json(&drafted.changes, None, rows),
        "revision": revision.as_str(),
        "file": drafted.written.as_ref().map_or(Value::Null, |path| shown(path).into()),
        "text": drafted.draft.text,
        "database_models": as_json(&drifts),
        "dry_run": arguments.dry_run,
    }))
    .warnings(warnings))
}

/// What the models still lack, or have besides.
fn show_models(context: &Context<'_>, drifts: &[Drift]) {
    if drifts.is_empty() {
        return;
    }
    let screen = context.screen();
    screen.line(format!("Models    still differ in {}", plural(drifts.len(), "place")));
    for line in aligned(drifts.iter().map(row)) {
        screen.line(line);
    }
    let has = |sign: char| drifts.iter().any(|drift| drift.change.sign() == sign);
    if has('-') || has('~') {
        screen.line(format!(
            "Next      {}   what the models have to say",
            context.call("check --adopt=models")
        ));
    } else {
        screen.line(format!("Next      {}", context.call("generate")));
    }
}

/// Writes the models of what differs: new ones as files, the others as texts to take over by hand.
fn models(context: &Context<'_>, arguments: &CheckArguments, settings: &Settings) -> Result<Outcome, Error> {
    let drifts = compared(settings)?.live_declared;
    if drifts.is_empty() {
        return Ok(nothing(context, arguments, settings));
    }
    let declared = settings.schema.declared;
    let live = {
        let connection = open_read_only(&settings.database()?.path, WAIT)?;
        without_bookkeeping(sqlite::schema(&connection)?, declared)
    };
    let options = PullOptions { schema: declared.name.to_string(), ..PullOptions::default() };
    let pulled = pull(&live, &options)?;
    // What the models have and the database lacks is no matter of writing models.
    let differing: BTreeSet<String> =
        drifts.iter().map(|drift| drift.change.table().to_ascii_lowercase()).collect();
    let modelled: BTreeSet<String> = drifts
        .iter()
        .filter(|drift| drift.model.is_some())
        .map(|drift| drift.change.table().to_ascii_lowercase())
        .collect();
    let folder = folder_of_models(&settings.root);
    let (mut new, mut others) = (Vec::new(), Vec::new());
    for file in pulled.files {
        let Some(object) = file.object.as_ref().map(|name| name.to_ascii_lowercase()) else { continue };
        if !differing.contains(&object) {
            continue;
        }
        // Never over a file that a person has written.
        let is_new = !modelled.contains(&object) && folder.is_dir() && !folder.join(&file.path).exists();
        if is_new { new.push(file) } else { others.push(file) }
    }
    let entries = source::plan(&folder, &new, false)?;
    if !arguments.dry_run {
        source::write(&folder, &entries)?;
    }
    let screen = context.screen();
    screen.line(format!("Models    differ from the database in {}", plural(drifts.len(), "place")));
    for line in aligned(drifts.iter().map(row)) {
        screen.line(line);
    }
    for file in &others {
        screen.line("Write     as the database has it:");
        screen.result(format!("// {}\n{}", file.path.display(), file.text.trim_end()));
    }
    show_new(context, arguments, &entries, &folder);
    let texts: Vec<Value> = others
        .iter()
        .map(|file| json!({ "object": file.object, "path": file.path.display().to_string(), "text": file.text }))
        .collect();
    let created: Vec<Value> = entries.iter().map(Entry::as_json).collect();
    Ok(Outcome::done(json!({
        "schema": settings.schema.name,
        "adopted": "models",
        "folder": folder.display().to_string(),
        "files": created,
        "texts": texts,
        "database_models": as_json(&drifts),
        "dry_run": arguments.dry_run,
    }))
    .warnings(pulled.notes))
}

fn show_new(context: &Context<'_>, arguments: &CheckArguments, entries: &[Entry], folder: &std::path::Path) {
    let screen = context.screen();
    let new: Vec<&Entry> = entries.iter().filter(|entry| entry.action == Action::Create).collect();
    if new.is_empty() {
        return;
    }
    let doing = if arguments.dry_run { "Would write" } else { "Wrote" };
    screen.line(format!("{doing:<9} {}   {}", shown(folder), plural(new.len(), "file")));
    for entry in &new {
        screen.line(format!("  {} {}", entry.sign(), entry.path.display()));
    }
    let modules: Vec<String> = new
        .iter()
        .filter_map(|entry| entry.path.file_stem())
        .map(|stem| format!("mod {};", stem.to_string_lossy()))
        .collect();
    screen.line(format!("Next      declare {} and name the models in `schema!`", modules.join(" ")));
}
