use schema_migrate::{
    Error, ErrorKind,
    diff::Answers,
    files::{Folder, Unread},
    run::{self, Report, RollbackOptions, Steps, TakenBack, Target},
};
use serde_json::{Value, json};

use super::{
    Context,
    migrate::revisions,
    script,
    target::{refuse_external, target},
    watch::Watch,
};
use crate::{
    arguments::RollbackArguments,
    output::{Outcome, count, duration, plural, shown},
    present::{asked_as_json, checks_as_json},
    question::{Flagged, Prompter as _},
    settings::Settings,
};

const STATE: &str = "nothing was changed";

pub(super) fn run(context: &Context<'_>, arguments: &RollbackArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    let target = target(&settings)?;
    // What is wrong with files stops nothing here, and is said whatever is refused.
    let (_, unread) = Folder::scan_readable(&target.files)?;
    let unread: Vec<String> = unread.iter().map(Unread::told).collect();
    match take_back(context, arguments, &settings, target) {
        Err(error) if !unread.is_empty() => {
            Ok(Outcome::done(Value::Null).warnings(unread).failed_in_part(error))
        }
        Ok(printed) if arguments.sql => Ok(printed.warnings(unread)),
        outcome => outcome,
    }
}

fn take_back(
    context: &Context<'_>,
    arguments: &RollbackArguments,
    settings: &Settings,
    target: Target,
) -> Result<Outcome, Error> {
    let steps = match &arguments.to {
        Some(revision) => Steps::To(revision),
        None => Steps::Count(arguments.count.unwrap_or(1) as usize),
    };
    if arguments.sql {
        let due = run::reversible(&target, steps)?;
        let printed = due.iter().map(|(row, script)| script::Printed::down(&row.revision, script));
        let scripts = printed.collect::<Result<Vec<_>, _>>()?;
        return Ok(script::print(context.screen(), &scripts));
    }
    if settings.file.production && !arguments.dry_run {
        confirm(context, arguments.yes)?;
    }
    let losses = losses(&target, steps, &arguments.allow_data_loss)?;
    let mut warnings: Vec<String> = losses.iter().map(lost).collect();
    if arguments.dry_run {
        let needs = |taken: &&TakenBack| !taken.loss.permitted;
        warnings.extend(losses.iter().find(needs).map(|_| {
            let rollback = context.caller().name("rollback");
            format!("{rollback} then waits for --allow-data-loss with these names, or with `all`")
        }));
    } else {
        settle(context, &losses)?;
    }
    let options = RollbackOptions { steps, dry_run: arguments.dry_run, backup: !arguments.no_backup };
    let mut watch = Watch::new(context.screen());
    let target = target.interrupt(context.signals().interrupt());
    let heard = context.signals().heard();
    let report = run::rollback(&target, &options, &mut watch)?;
    drop(heard);
    say(context, &report);
    let data = json!({
        "database": shown(&target.database),
        "dry_run": report.dry_run,
        "checks": checks_as_json(&watch.checks),
        "asked": asked_as_json(&watch.asked),
        "lost": losses.iter().map(|taken| json!({
            "name": taken.loss.what.to_string(),
            "held": taken.held,
            "permitted": taken.loss.permitted,
        })).collect::<Vec<_>>(),
        "backup": watch.backup,
        "revisions": revisions(&report),
    });
    warnings.extend(report.warnings);
    Ok(Outcome::done(data).warnings(warnings))
}

/// What goes with the revisions, and whether the flags permit it.
fn losses(target: &Target, steps: Steps<'_>, allowed: &[String]) -> Result<Vec<TakenBack>, Error> {
    let mut answers = Answers::default();
    allowed.iter().try_for_each(|value| answers.allow_data_loss(value))?;
    run::rollback_losses(target, steps, &answers)
}

/// `every row of table orders is lost (2,000 rows)`.
fn lost(taken: &TakenBack) -> String {
    let noun = if taken.loss.what.0.len() == 1 { "row" } else { "value" };
    let plural = if taken.held == 1 { "" } else { "s" };
    format!("{} ({} {noun}{plural})", taken.loss, count(taken.held))
}

/// Asks for each loss that no flag permits.
fn settle(context: &Context<'_>, losses: &[TakenBack]) -> Result<(), Error> {
    let open: Vec<&TakenBack> = losses.iter().filter(|taken| !taken.loss.permitted).collect();
    for taken in &open {
        match context.prompter().confirm(&lost(taken), "lose it")? {
            Some(true) => {}
            Some(false) => {
                return Err(Error::new(ErrorKind::Answer, format!("stopped: {}", lost(taken))).state(STATE));
            }
            None => return Err(unanswered(&open)),
        }
    }
    Ok(())
}

fn unanswered(open: &[&TakenBack]) -> Error {
    let needs = if open.len() == 1 { "needs an answer" } else { "need an answer" };
    let flag = |taken: &TakenBack| format!("--allow-data-loss {}", taken.loss.what);
    let why: Vec<String> =
        open.iter().flat_map(|taken| [lost(taken), format!("answer with   {}", flag(taken))]).collect();
    let error = Error::new(
        ErrorKind::Answer,
        format!("{} {needs} and there is no terminal", plural(open.len(), "question")),
    );
    let error = error.why(why.join("\n")).state(STATE);
    let error = open.iter().fold(error, |error, taken| error.next(flag(taken)));
    if open.len() > 1 { error.next("--allow-data-loss all permits all of them") } else { error }
}

fn confirm(context: &Context<'_>, yes: bool) -> Result<(), Error> {
    let flagged = Flagged { yes, otherwise: context.prompter() };
    let question = "This is a production database; what its migrations added is lost";
    if flagged.confirm(question, "take the migrations back")? == Some(true) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Answer, "migrations of a production database are taken back only after a yes")
        .state("nothing was changed")
        .next("db-rollback --yes"))
}

fn say(context: &Context<'_>, report: &Report) {
    let screen = context.screen();
    let count = report.revisions.len();
    if count == 0 {
        return screen.line("Done       nothing is there to take back");
    }
    if report.dry_run {
        for (position, revision) in report.revisions.iter().enumerate() {
            let statements = plural(revision.statements, "statement");
            screen.line(format!("  {}/{count}  {:<36} {statements}", position + 1, revision.revision));
        }
        return screen.line(format!("Dry run    {count} would be taken back; nothing was changed"));
    }
    let took = duration(report.duration);
    screen.line(format!("Done       {count} taken back in {took}. Again: {}", context.call("migrate")));
}
