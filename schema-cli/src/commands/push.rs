use schema_core::model::SchemaDef;
use schema_migrate::{
    Error, inspect,
    lint::{Allowance, Figures, Subject, lint},
    push::{self, PushRequest},
    run::CheckOutcome,
};
use serde_json::json;

use super::{
    Context,
    development::refuse_production,
    live::Live,
    planned::{Sides, plan},
    target::{refuse_external, target},
    watch::Watch,
};
use crate::{
    arguments::PushArguments,
    output::{Outcome, duration, plural, shown},
    present::{
        answers, asked_as_json, asked_warnings, brief_checks, changes_as_json, finding_warnings,
        findings_as_json, plan_as_json, show_asked, show_changes, show_findings, show_steps,
    },
    settings::Settings,
};

const STATE: &str = "nothing was changed";

pub(super) fn run(context: &Context<'_>, arguments: &PushArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    refuse_production(&settings, &context.caller().name("push"))?;
    let screen = context.screen();
    let target = target(&settings)?.interrupt(context.signals().interrupt());
    let declared = settings.schema.declared;
    let models: SchemaDef = inspect::materialise(declared)?;
    let before = push::before(&target, &models)?;
    let live = Live::of(&target.database);
    let mut answers = answers(&arguments.answers)?;
    answers.strict_unique |= settings.file.strict_unique;
    let sides = Sides {
        from: &before.schema,
        to: &models,
        hints: declared,
        live: live.as_ref(),
        target: settings.file.target,
        state: STATE,
    };
    let (destination, plan) = plan(context, &sides, &mut answers)?;
    let comparison = &destination.comparison;
    let request = PushRequest {
        before: &before,
        models: &models,
        wanted: &destination.schema,
        plan: &plan,
        strict_unique: answers.strict_unique,
        backup: !arguments.no_backup,
        anew: arguments.new,
    };
    let rows = |table: &str| live.as_ref()?.rows(table);
    let subject = Subject {
        to: &destination.schema,
        declared,
        comparison,
        answers: &destination.answers,
        plan: &plan,
        figures: Figures::new(&rows),
    };
    let findings = Allowance::new(&settings.file.allow, declared)?.settle(lint(&subject));
    let asked = live.as_ref().map(|live| live.ask(&plan.expectations)).unwrap_or_default();
    let mut data = json!({
        "schema": settings.schema.name,
        "database": shown(&target.database),
        "dry_run": arguments.dry_run,
        "changes": changes_as_json(&comparison.changes, Some(&plan), &rows),
        "plan": plan_as_json(&plan),
        "findings": findings_as_json(&findings),
        "asked": asked_as_json(&asked),
        "kept": before.kept,
        "backup": null,
        "pushed": false,
    });
    say_compared(context, &settings, &before.kept);
    if comparison.is_empty() {
        screen.line("Done       models and database are the same: there is nothing to push");
        return Ok(Outcome::done(data));
    }
    show_changes(screen, &comparison.changes, Some(&plan), &rows);
    show_steps(screen, &plan);
    show_findings(screen, &findings);
    let mut warnings = plan.notes.clone();
    warnings.extend(finding_warnings(&findings));
    if arguments.dry_run {
        warnings.extend(asked_warnings(&asked));
        show_asked(screen, &asked);
        let checks = push::check(&target, &request)?;
        let warned = checks.iter().filter(|check| check.outcome == CheckOutcome::Warned);
        warnings.extend(warned.map(|check| check.detail.clone()));
        screen.line(format!("Preflight  {}", brief_checks(&checks)));
        screen
            .line(format!("Dry run    {} would be run; nothing was changed", plural(plan.up.len(), "step")));
        return Ok(Outcome::done(data).warnings(warnings));
    }
    let mut watch = Watch::new(screen);
    let heard = context.signals().heard();
    let report = push::push(&target, &request, &mut watch)?;
    drop(heard);
    screen.line(format!("Done       {} run in {}", plural(plan.up.len(), "step"), duration(report.duration)));
    screen.line(format!("Next       {} writes the migration", context.call("generate")));
    data["pushed"] = true.into();
    data["backup"] = watch.backup;
    Ok(Outcome::done(data).warnings([warnings, report.warnings].concat()))
}

fn say_compared(context: &Context<'_>, settings: &Settings, kept: &[String]) {
    let screen = context.screen();
    let models = plural(settings.schema.declared.tables.len(), "model");
    screen.line(format!("Compared   {models} of `{}` with the database", settings.schema.name));
    for one in kept {
        screen.line(format!("Kept       {one}, which neither a migration nor a push has made"));
    }
}
