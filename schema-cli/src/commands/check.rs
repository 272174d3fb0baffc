use schema_core::rusqlite::Connection;
use schema_migrate::{
    Error,
    check::{Drift, check_with},
    files::Folder,
    history, inspect,
    lint::{Allowance, Finding, Findings, Severity, lint_schema},
    run::open_read_only,
};
use serde_json::{Value, json};

use super::{Context, adopt, live::Live, side::WAIT};
use crate::{
    arguments::CheckArguments,
    output::{Outcome, aligned, count, plural},
    present::{findings_as_json, show_findings},
    settings::Settings,
};

pub(super) fn run(context: &Context<'_>, arguments: &CheckArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    if let Some(adopted) = arguments.adopt {
        return adopt::run(context, arguments, &settings, adopted);
    }
    if arguments.answers.is_some() {
        return Err(Error::usage("the answers belong to --adopt")
            .why(format!("{} alone asks nothing", context.caller().name("check")))
            .state("nothing was changed")
            .next("db-check --adopt=migration, with the same answers"));
    }
    let folder = Folder::read(&settings.migrations)?;
    let heads: Vec<String> = folder.heads().iter().map(|head| head.revision.to_string()).collect();
    if heads.len() > 1 {
        return Ok(branched(context, &settings, &heads));
    }
    let live = open_read_only(&settings.database()?.path, WAIT)?;
    let found = check_with(settings.schema.declared, &folder, &live, settings.file.strict_unique)?;
    let screen = context.screen();
    let mut data = json!({
        "schema": settings.schema.name,
        "heads": heads,
        "database_models": as_json(&found.live_declared),
        "migrations_models": as_json(&found.recorded_declared),
        "database_migrations": as_json(&found.live_recorded),
    });
    let mut is_noted = false;
    if arguments.lint {
        let findings = linted(&settings)?;
        let remarks = remarks(context, &settings, &folder, &live)?;
        data["findings"] = findings_as_json(&findings);
        data["pending"] = json!(remarks);
        is_noted = show_lint(context, &settings, &findings, &remarks);
    }
    if found.is_clean() {
        screen.result("Same: database = migrations = models");
        return Ok(if is_noted { Outcome::finding(data) } else { Outcome::done(data) });
    }
    let as_recorded = found.live_recorded.is_empty();
    for (names, drifts) in [
        ("database and models", &found.live_declared),
        ("migrations and models", &found.recorded_declared),
        ("database and migrations", &found.live_recorded),
    ] {
        // Where the database is what the migrations say, their difference from the models is the same.
        if drifts.is_empty() || (as_recorded && names == "migrations and models") {
            continue;
        }
        screen.result(format!("Drift: {names} differ in {}", plural(drifts.len(), "place")));
        for line in aligned(drifts.iter().map(row)) {
            screen.result(line);
        }
    }
    let mut fixes = Vec::new();
    if !found.live_recorded.is_empty() {
        fixes.push(format!("{} (what is pending shows there)", context.call("status")));
    }
    if !found.recorded_declared.is_empty() {
        fixes.push(format!("{} (make a migration)", context.call("generate")));
    }
    // What is only missing is pending; the rest was done by hand.
    if found.live_recorded.iter().any(|drift| drift.change.sign() != '+') {
        fixes.push(format!("{} (the database is right)", context.call("check --adopt")));
    }
    screen.line(format!("Fix: {}", fixes.join(", or ")));
    Ok(Outcome::finding(data))
}

/// The finding of a folder with several heads: what its files record is then nobody's answer.
fn branched(context: &Context<'_>, settings: &Settings, heads: &[String]) -> Outcome {
    let screen = context.screen();
    screen.result(format!("Heads: {} branches are not merged", heads.len()));
    for head in heads {
        screen.result(format!("  {head}"));
    }
    screen.line(format!("Fix: {} (checks that they fit together, and joins them)", context.call("merge")));
    Outcome::finding(json!({ "schema": settings.schema.name, "heads": heads }))
}

/// What the lints find in the models.
fn linted(settings: &Settings) -> Result<Findings, Error> {
    let declared = settings.schema.declared;
    let models = inspect::materialise(declared)?;
    let allowance = Allowance::new(&settings.file.allow, declared)?;
    Ok(allowance.settle(lint_schema(&models, declared)))
}

/// What was found in files that are not applied, a line each.
fn remarks(
    context: &Context<'_>,
    settings: &Settings,
    folder: &Folder,
    live: &Connection,
) -> Result<Vec<String>, Error> {
    let applied = history::read_beside(live, folder)?;
    let is_pending = |revision: &str| applied.iter().all(|row| row.revision != revision);
    let mut lines = Vec::new();
    for migration in folder.migrations().iter().filter(|file| is_pending(file.revision.as_str())) {
        let open = migration.open_remarks(&settings.file.allow);
        lines.extend(open.map(|(_, line)| format!("{}: {line}", migration.revision)));
        for (line, allowed) in migration.allowed_remarks() {
            context.screen().detail(format!("Allowed   {}: {line} ({allowed})", migration.revision));
        }
    }
    Ok(lines)
}

/// Shows what was found; whether it is more than notes.
fn show_lint(context: &Context<'_>, settings: &Settings, findings: &Findings, remarks: &[String]) -> bool {
    let screen = context.screen();
    let live = Live::open(settings);
    let told: Vec<&Finding> =
        findings.shown.iter().filter(|finding| finding.severity() > Severity::Note).collect();
    screen.result(format!("Lint: {} in the models", plural(told.len(), "finding")));
    for line in aligned(told.iter().map(|finding| {
        let rows = live.as_ref().and_then(|live| live.rows(&finding.table));
        let rows = rows.map(|rows| format!("{} row{}", count(rows), if rows == 1 { "" } else { "s" }));
        let named = format!("{} {}", finding.code(), finding.object);
        vec![named, rows.unwrap_or_default(), finding.text.clone()]
    })) {
        screen.result(line);
    }
    if !remarks.is_empty() {
        screen.result(format!("Lint: {} in pending files", plural(remarks.len(), "finding")));
        for line in remarks {
            screen.result(format!("  {line}"));
        }
    }
    show_findings(screen, findings);
    !told.is_empty() || !remarks.is_empty()
}

pub(super) fn row(drift: &Drift) -> Vec<String> {
    let place = drift.model.as_ref().map(|model| format!("   {model}")).unwrap_or_default();
    vec![format!("{} {}", drift.change.sign(), drift.change.subject()), format!("{}{place}", drift.text)]
}

pub(super) fn as_json(drifts: &[Drift]) -> Vec<Value> {
    drifts
        .iter()
        .map(|drift| {
            json!({
                "sign": drift.change.sign().to_string(),
                "table": drift.change.table(),
                "subject": drift.change.subject(),
                "text": drift.text,
                "model": drift.model,
            })
        })
        .collect()
}
