use schema_migrate::{
    Error,
    diff::Change,
    files::Migration,
    generate::{Drafted, GenerateRequest, Generated, generate},
    lint::Figures,
    plan::EngineVersion,
    proof::Proof,
    run::{Asked, open_read_only},
    rust_step::registering,
};
use serde_json::{Value, json};

use super::{Context, live::Live, report::reported, side::WAIT, target::refuse_external};
use crate::{
    arguments::{ComparedWith, GenerateArguments},
    output::{Outcome, duration, plural, shown},
    present::{
        Counts, Unsettled, answers, asked_as_json, asked_warnings, changes_as_json, finding_warnings,
        findings_as_json, plan_as_json, settle, show_asked, show_changes, show_findings, show_steps,
    },
    progress::Progress,
};

const STATE: &str = "nothing was written";

pub(super) fn run(context: &Context<'_>, arguments: &GenerateArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    let screen = context.screen();
    let live = match arguments.from {
        ComparedWith::Live => Some(open_read_only(&settings.database()?.path, WAIT)?),
        ComparedWith::Recorded => None,
    };
    let figures = Live::open(&settings);
    let mut answers = answers(&arguments.answers)?;
    answers.strict_unique |= settings.file.strict_unique;
    let rows = |table: &str| figures.as_ref()?.rows(table);
    loop {
        let request = GenerateRequest {
            live: live.as_ref(),
            name: arguments.name.as_deref(),
            answers: &answers,
            target: settings.file.target.unwrap_or_else(EngineVersion::bundled),
            dry_run: arguments.dry_run || arguments.sql,
            empty: arguments.empty,
            rust: arguments.rust.as_deref(),
            figures: Figures::new(&rows),
            allow: &settings.file.allow,
            ..GenerateRequest::new(settings.schema.declared, &settings.migrations)
        };
        let mut progress = Progress::new(screen);
        progress.start("comparing, planning and proving", 0);
        let generated =
            generate(&request).map_err(|error| reported(screen, arguments.report.as_deref(), error))?;
        progress.finish();
        let path = |path: &schema_migrate::diff::Path| figures.as_ref()?.count(path);
        let number = |query: &str| figures.as_ref()?.number(query);
        let counts = Counts { path: &path, number: &number };
        match generated {
            Generated::Nothing { tables, migrations } => {
                say_compared(context, &settings.schema.name, tables, migrations);
                screen.line("Done      models and migrations are the same: there is nothing to write");
                return Ok(Outcome::done(json!({
                    "schema": settings.schema.name, "tables": tables, "migrations": migrations,
                    "changes": [], "file": null, "dry_run": request.dry_run,
                })));
            }
            Generated::Questions { questions, .. } => {
                let open = Unsettled { questions: &questions, ..Unsettled::default() };
                settle(context.prompter(), &open, &mut answers, counts, STATE)?;
            }
            Generated::Blocked { blocked, changes } => {
                show_refused(context, &changes);
                let open = Unsettled { blocked: &blocked, ..Unsettled::default() };
                settle(context.prompter(), &open, &mut answers, counts, STATE)?;
            }
            Generated::Losses { losses, changes } => {
                show_refused(context, &changes);
                let open = Unsettled { losses: losses.iter().collect(), ..Unsettled::default() };
                settle(context.prompter(), &open, &mut answers, counts, STATE)?;
            }
            Generated::Drafted(drafted) => {
                let asked =
                    figures.as_ref().map(|live| live.ask(&drafted.plan.expectations)).unwrap_or_default();
                return Ok(finish(context, arguments, &settings.schema.name, &drafted, &rows, &asked));
            }
        }
    }
}

/// What would change, on stderr: the result is a refusal.
fn show_refused(context: &Context<'_>, changes: &[Change]) {
    for change in changes {
        context.screen().aside(format!("  {change}"));
    }
}

fn say_compared(context: &Context<'_>, schema: &str, tables: usize, migrations: usize) {
    context.screen().line(format!(
        "Compared  {} of `{schema}` with {}",
        plural(tables, "model"),
        plural(migrations, "migration")
    ));
}

fn finish(
    context: &Context<'_>,
    arguments: &GenerateArguments,
    schema: &str,
    drafted: &Drafted,
    rows: &dyn Fn(&str) -> Option<u64>,
    asked: &[Asked],
) -> Outcome {
    let screen = context.screen();
    let mut warnings = drafted.plan.notes.clone();
    warnings.extend(asked_warnings(asked));
    if let Some(proof) = &drafted.proof {
        if !proof.empty.is_empty() {
            warnings.push(format!(
                "proven without rows, which its rules would not take: {}",
                proof.empty.join(", ")
            ));
        }
        warnings.extend(
            proof.down_on_empty.as_ref().map(|why| format!("the way down is proven on empty tables: {why}")),
        );
    }
    let data = json!({
        "schema": schema,
        "tables": drafted.tables,
        "migrations": drafted.migrations,
        "changes": changes_as_json(&drafted.changes, Some(&drafted.plan), rows),
        "plan": plan_as_json(&drafted.plan),
        "findings": findings_as_json(&drafted.findings),
        "asked": asked_as_json(asked),
        "revision": drafted.draft.migration.revision.as_str(),
        "text": drafted.draft.text,
        "file": drafted.written.as_ref().map_or(Value::Null, |path| shown(path).into()),
        "proof": drafted.proof.as_ref().map(|proof| json!({
            "rows": proof.rows,
            "empty": proof.empty,
            "down": proof.has_down,
            "down_on_empty": proof.down_on_empty,
        })),
        "dry_run": drafted.written.is_none(),
    });
    if arguments.sql {
        screen.result(drafted.draft.text.trim_end());
        warnings.extend(finding_warnings(&drafted.findings));
        return Outcome::done(data).warnings(warnings);
    }
    say_compared(context, schema, drafted.tables, drafted.migrations);
    show_changes(screen, &drafted.changes, Some(&drafted.plan), rows);
    warnings.extend(finding_warnings(&drafted.findings));
    show_steps(screen, &drafted.plan);
    show_findings(screen, &drafted.findings);
    show_asked(screen, asked);
    if let Some(proof) = &drafted.proof {
        screen.line(format!("Proved    {}   {}", proved(proof), duration(proof.duration)));
    }
    match &drafted.written {
        Some(path) => {
            screen.line(format!("Wrote     {}", shown(path)));
            show_function(context, &drafted.draft.migration);
            screen.line(format!("Next      {}", context.call("migrate")));
        }
        None => {
            screen.line(format!(
                "Dry run   {} would be written; nothing was written",
                shown(&drafted.draft.migration.path)
            ));
        }
    }
    Outcome::done(data).warnings(warnings)
}

/// The function that a file names, to be pasted.
fn show_function(context: &Context<'_>, migration: &Migration) {
    let Some(name) = &migration.up.rust else { return };
    let revision = &migration.revision;
    context.screen().line(format!(
        "Function  to be written beside the models; {}:\n\n\
         #[schema_migrate::migration(\"{revision}\")]\n\
         pub fn {name}(tx: &schema_migrate::MigrationTx) -> schema_migrate::Result<()> {{\n    \
             Ok(())\n\
         }}\n",
        registering(name)
    ));
}

fn proved(proof: &Proof) -> &'static str {
    match (proof.rows > 0, proof.has_down) {
        (true, true) => "up on filled tables = models, down = before",
        (true, false) => "up on filled tables = models; there is no way down",
        (false, true) => "up = models, down = before",
        (false, false) => "up = models; there is no way down",
    }
}
