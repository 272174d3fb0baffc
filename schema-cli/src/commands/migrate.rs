use schema_migrate::{
    Error,
    history::Resolution,
    lint::{self, Severity},
    run::{self, MigrateOptions, Report, Target},
    shell_word,
};
use serde_json::{Value, json};

use super::{
    Context, each,
    rehearse::rehearsal_as_json,
    script,
    target::{refuse_external, target, target_of},
    watch::Watch,
};
use crate::{
    arguments::MigrateArguments,
    output::{Outcome, duration, plural, shown},
    present::{asked_as_json, changes_as_json, checks_as_json},
    settings::Settings,
};

pub(super) fn run(context: &Context<'_>, arguments: &MigrateArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    if let Some(pattern) = &arguments.each {
        let goal = match (arguments.preflight, arguments.dry_run) {
            (true, _) => each::Goal::Checked("--preflight"),
            (false, true) => each::Goal::Checked("--dry-run"),
            (false, false) => each::Goal::Migrated,
        };
        return each::run(context, pattern, goal, sum, |context, database| {
            migrate(context, arguments, &settings, &target_of(&settings, database))?.into_result()
        });
    }
    let target = target(&settings)?;
    if arguments.sql {
        return print(context, arguments, &target);
    }
    migrate(context, arguments, &settings, &target)
}

/// What was done to one of several databases: `1 applied, backup backups/a_20261121T023201Z.db.gz`.
fn sum(data: &Value) -> String {
    let revisions = data["revisions"].as_array().map_or(0, Vec::len);
    let backup = data["backup"]["path"].as_str().map(|path| format!(", backup {path}")).unwrap_or_default();
    let recorded = data["recorded"].as_array().map_or(0, Vec::len);
    let is_dry = data["dry_run"] == true;
    let accepted = match data["accepted"].as_array().map_or(0, Vec::len) {
        0 => String::new(),
        count => format!(", {count} edited {}accepted", if is_dry { "would be " } else { "" }),
    };
    let drifted = data["drift"].as_array().is_some_and(|drift| !drift.is_empty());
    let drifted = if drifted { ", DIFFERS from the models" } else { "" };
    match (revisions, is_dry) {
        (0, false) if recorded > 0 => {
            format!("{recorded} recorded, which a push had made{accepted}{drifted}")
        }
        (0, _) => format!("nothing is pending{accepted}{drifted}"),
        (revisions, true) => format!("{revisions} would be applied{accepted}"),
        (revisions, false) => format!("{revisions} applied{accepted}{backup}{drifted}"),
    }
}

/// The SQL alone, for `sqlite3 -bail`.
fn print(context: &Context<'_>, arguments: &MigrateArguments, target: &Target) -> Result<Outcome, Error> {
    let pending = run::pending(target, arguments.to.as_deref())?;
    let scripts = pending.iter().map(script::Printed::up).collect::<Result<Vec<_>, _>>()?;
    Ok(script::print(context.screen(), &scripts))
}

fn migrate(
    context: &Context<'_>,
    arguments: &MigrateArguments,
    settings: &Settings,
    target: &Target,
) -> Result<Outcome, Error> {
    let screen = context.screen();
    let dry_run = arguments.dry_run || arguments.preflight;
    let resolve: Vec<Resolution> =
        arguments.resolve.iter().map(|text| Resolution::read(text)).collect::<Result<_, _>>()?;
    let options = MigrateOptions {
        to: arguments.to.as_deref(),
        dry_run,
        backup: !arguments.no_backup,
        rehearse: arguments.rehearse || (settings.file.production && !dry_run),
        create: true,
        anew: arguments.new,
        declared: Some(settings.schema.declared),
        strict_unique: settings.file.strict_unique,
        accept_edited: &arguments.accept_edited,
        resolve: &resolve,
        preflight: arguments.preflight,
        skip: &arguments.skip_preflight,
    };
    let mut dangers = dangers(target, arguments, settings);
    if !screen.is_json() {
        // Said before anything runs, and once.
        dangers.drain(..).for_each(|danger| screen.warning(danger));
    }
    let mut watch = Watch::new(screen).each_check(arguments.preflight);
    let target = target.clone().interrupt(context.signals().interrupt());
    let heard = context.signals().heard();
    let done = run::migrate(&target, &options, &mut watch);
    watch.finish();
    let report = match done {
        Ok(report) => report,
        Err(error) if watch.checks.is_empty() => return Err(error),
        Err(error) => {
            let data =
                json!({ "database": shown(&target.database), "checks": checks_as_json(&watch.checks) });
            return Ok(Outcome::done(data).failed_in_part(error));
        }
    };
    drop(heard);
    say(context, arguments, &report, watch.backup_name.as_deref());
    let data = json!({
        "database": shown(&target.database),
        "dry_run": dry_run,
        "rehearsed": report.rehearsal.is_some(),
        "rehearsal": report.rehearsal.as_ref().map(rehearsal_as_json),
        "checks": checks_as_json(&watch.checks),
        "asked": asked_as_json(&watch.asked),
        "backup": watch.backup,
        "accepted": report.accepted,
        "revisions": revisions(&report),
        "recorded": report.recorded,
        "drift": report.drift.as_ref().map(|changes| changes_as_json(changes, None, &|_| None)),
    });
    // A person reads it where it is verified.
    let differs = report.drift.as_ref().filter(|drift| screen.is_json() && !drift.is_empty());
    let differs = differs.map(|drift| {
        let places = plural(drift.len(), "place");
        format!("the database differs from the models in {places}: {} shows them", context.call("check"))
    });
    let warnings = dangers.into_iter().chain(report.warnings).chain(differs).collect();
    Ok(Outcome::done(data).warnings(warnings))
}

/// What was found when the pending files were made and is about data, unless somebody has allowed it.
fn dangers(target: &Target, arguments: &MigrateArguments, settings: &Settings) -> Vec<String> {
    let pending = run::pending(target, arguments.to.as_deref()).unwrap_or_default();
    let lines = pending.iter().flat_map(|migration| {
        let open = migration.open_remarks(&settings.file.allow);
        let is_danger = |code: &str| lint::find(code).is_some_and(|lint| lint.severity == Severity::Danger);
        open.filter(|(code, _)| is_danger(code))
            .map(|(_, line)| format!("{}: {line}", migration.revision))
            .collect::<Vec<_>>()
    });
    lines.collect()
}

fn say(context: &Context<'_>, arguments: &MigrateArguments, report: &Report, backup: Option<&str>) {
    let screen = context.screen();
    let count = report.revisions.len();
    let is_recorded = !report.recorded.is_empty();
    for revision in &report.recorded {
        screen.line(if report.dry_run {
            format!("Recorded   {revision} was pushed already: it would be recorded, and nothing run")
        } else {
            format!("Recorded   {revision} was pushed already: recorded, nothing was run")
        });
    }
    let drifted = || {
        if report.drift.as_ref().is_some_and(|drift| !drift.is_empty()) {
            screen.line(format!("Next       {}", context.call("check")));
        }
    };
    for revision in &report.accepted {
        let verb = if report.dry_run { "would be" } else { "is" };
        screen.line(format!("Accepted   {revision}: its edited file {verb} taken for what was applied"));
    }
    if count == 0 {
        screen.line(match (is_recorded, report.dry_run) {
            (false, _) => "Done       nothing is pending",
            (true, true) => "Dry run    nothing would be run; nothing was changed",
            (true, false) => "Done       nothing else is pending",
        });
        return drifted();
    }
    if report.dry_run {
        for (position, revision) in report.revisions.iter().enumerate() {
            let statements = plural(revision.statements, "statement");
            screen.line(format!("  {}/{count}  {:<36} {statements}", position + 1, revision.revision));
        }
        screen.line(format!("Dry run    {count} would be applied; nothing was changed"));
        return screen.line(format!("Next       {}", context.call(&in_earnest(arguments))));
    }
    screen.line(format!(
        "Done       {count} applied in {}{}",
        duration(report.duration),
        undo(context, report, backup)
    ));
    drifted();
}

/// The command that does what was tried, with every answer that the trial was given.
fn in_earnest(arguments: &MigrateArguments) -> String {
    let mut call = "migrate".to_owned();
    let skipped: Vec<String> = arguments.skip_preflight.iter().map(ToString::to_string).collect();
    for (flag, values) in [
        ("--to", arguments.to.as_slice()),
        ("--skip-preflight", &skipped),
        ("--accept-edited", &arguments.accept_edited),
        ("--resolve", &arguments.resolve),
    ] {
        call.extend(values.iter().map(|value| format!(" {flag} {}", shell_word(value))));
    }
    for (flag, is_said) in [
        ("--rehearse", arguments.rehearse),
        ("--no-backup", arguments.no_backup),
        ("--new", arguments.new),
        ("--yes", arguments.yes),
    ] {
        if is_said {
            call.extend([" ", flag]);
        }
    }
    call
}

/// `. Undo: cargo xtask db-rollback 2, or ..`, by what can be done: a revision without a way back has none.
fn undo(context: &Context<'_>, report: &Report, backup: Option<&str>) -> String {
    let is_reversible = report.revisions.iter().all(|revision| revision.is_reversible);
    let rollback = match report.revisions.len() {
        1 => "rollback".to_owned(),
        count => format!("rollback {count}"),
    };
    let rollback = is_reversible.then_some(rollback);
    let restore = backup.map(|backup| format!("restore {backup}"));
    let ways: Vec<String> =
        rollback.into_iter().chain(restore).map(|command| context.call(&command)).collect();
    if ways.is_empty() { String::new() } else { format!(". Undo: {}", ways.join(", or ")) }
}

/// What was done, or would be, one object a revision.
pub(super) fn revisions(report: &Report) -> Value {
    report
        .revisions
        .iter()
        .map(|revision| {
            json!({
                "revision": revision.revision,
                "statements": revision.statements,
                "rows": revision.rows,
                "ms": u64::try_from(revision.duration.as_millis()).unwrap_or(u64::MAX),
            })
        })
        .collect()
}
