use schema_migrate::{
    Error, diff_apply,
    lint::{Allowance, Figures, Subject, lint},
    run::Target,
};
use schema_ops::backup::Places;
use serde_json::json;

use super::{
    Context,
    live::Live,
    planned::{Sides, plan},
    script,
    side::{Side, WAIT},
    watch::Watch,
};
use crate::{
    arguments::DiffArguments,
    output::{Outcome, duration, plural},
    present::{
        answers, asked_as_json, asked_warnings, brief_checks, changes_as_json, finding_warnings,
        findings_as_json, plan_as_json, show_asked, show_changes, show_findings, show_steps,
    },
    settings::SchemaSettings,
};

const STATE: &str = "nothing was changed";

pub(super) fn run(context: &Context<'_>, arguments: &DiffArguments) -> Result<Outcome, Error> {
    let from = Side::read(&arguments.from, context, &arguments.place)?;
    if arguments.apply && from.database.is_none() {
        return Err(Error::usage(format!("--apply cannot change the {}", from.name))
            .why("--from has to be a database")
            .state(STATE));
    }
    let to = Side::read(&arguments.to, context, &arguments.place)?;
    let described = described(context, arguments)?;
    let mut answers = answers(&arguments.answers)?;
    answers.strict_unique |= described.strict_unique;
    let screen = context.screen();
    let live = from.database.as_deref().and_then(Live::of);
    let target = match arguments.from.as_str() {
        "models" | "migrations" => described.target,
        _ => None,
    };
    let declared = to.declared.unwrap_or(&to.schema);
    let sides = Sides {
        from: &from.schema,
        to: &to.schema,
        hints: declared,
        live: live.as_ref(),
        target,
        state: STATE,
    };
    let (destination, plan) = plan(context, &sides, &mut answers)?;
    let comparison = &destination.comparison;
    let rows = |table: &str| live.as_ref()?.rows(table);
    let subject = Subject {
        to: &destination.schema,
        declared,
        comparison,
        answers: &destination.answers,
        plan: &plan,
        figures: Figures::new(&rows),
    };
    let findings = Allowance::new(&described.allow, declared)?.settle(lint(&subject));
    let asked = live.as_ref().map(|live| live.ask(&plan.expectations)).unwrap_or_default();
    let mut data = json!({
        "from": from.name,
        "to": to.name,
        "changes": changes_as_json(&comparison.changes, Some(&plan), &rows),
        "plan": plan_as_json(&plan),
        "findings": findings_as_json(&findings),
        "asked": asked_as_json(&asked),
        "applied": false,
    });
    let mut warnings = plan.notes.clone();
    if !arguments.apply || arguments.dry_run {
        warnings.extend(asked_warnings(&asked));
    }
    if comparison.is_empty() {
        if arguments.sql {
            screen.result("-- nothing to run");
        } else {
            screen.line(format!("Same: {} and {} do not differ", from.name, to.name));
        }
        return Ok(Outcome::done(data));
    }
    if arguments.sql {
        screen.result(script::of_plan(&plan, arguments.down));
    } else {
        let places = plural(comparison.changes.len(), "place");
        screen.line(format!("{} -> {} differ in {places}", from.name, to.name));
        show_changes(screen, &comparison.changes, Some(&plan), &rows);
        show_steps(screen, &plan);
        show_findings(screen, &findings);
        if !arguments.apply || arguments.dry_run {
            show_asked(screen, &asked);
        }
    }
    warnings.extend(finding_warnings(&findings));
    let Some(database) = from.database.as_ref().filter(|_| arguments.apply) else {
        return Ok(Outcome::finding(data).warnings(warnings));
    };
    let mut target = Target::new(database, database.parent().unwrap_or(database)).wait(WAIT);
    if arguments.dry_run {
        let checks = diff_apply::check(&target, &plan)?;
        screen.line(format!("Preflight  {}", brief_checks(&checks)));
        screen
            .line(format!("Dry run    {} would be run; nothing was changed", plural(plan.up.len(), "step")));
        return Ok(Outcome::done(data).warnings(warnings));
    }
    if !arguments.no_backup {
        target = target.backup_places(Places::beside(database));
    }
    let target = target.interrupt(context.signals().interrupt());
    let mut watch = Watch::new(screen);
    let heard = context.signals().heard();
    let report = diff_apply::apply(&target, &from.schema, &plan, &mut watch)?;
    drop(heard);
    screen.line(format!("Done       {} run in {}", plural(plan.up.len(), "step"), duration(report.duration)));
    data["applied"] = true.into();
    data["backup"] = watch.backup;
    Ok(Outcome::done(data).warnings([warnings, report.warnings].concat()))
}

/// What the settings say, where one side is described by settings.
fn described(context: &Context<'_>, arguments: &DiffArguments) -> Result<SchemaSettings, Error> {
    let by_settings = |side: &str| side == "models" || side == "migrations";
    if by_settings(&arguments.from) || by_settings(&arguments.to) {
        return Ok(context.settings(&arguments.place)?.file);
    }
    Ok(SchemaSettings::default())
}
