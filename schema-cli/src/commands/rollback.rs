use schema_migrate::{
    Error, ErrorKind,
    run::{self, Report, RollbackOptions, Steps},
};
use serde_json::json;

use super::{
    Context,
    migrate::revisions,
    script,
    target::{refuse_external, target},
    watch::Watch,
};
use crate::{
    arguments::RollbackArguments,
    output::{Outcome, duration, plural, shown},
    present::asked_as_json,
    question::choose,
};

pub(super) fn run(context: &Context<'_>, arguments: &RollbackArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    let target = target(&settings)?;
    let steps = match &arguments.to {
        Some(revision) => Steps::To(revision),
        None => Steps::Count(arguments.count.unwrap_or(1) as usize),
    };
    if arguments.sql {
        let due = run::reversible(&target, steps)?;
        let scripts: Vec<_> = due.iter().map(|(row, script)| (row.revision.as_str(), script)).collect();
        return Ok(script::print(context.screen(), &scripts));
    }
    if settings.file.production && !arguments.yes && !arguments.dry_run {
        confirm(context)?;
    }
    let options = RollbackOptions { steps, dry_run: arguments.dry_run, backup: !arguments.no_backup };
    let mut watch = Watch::new(context.screen());
    let report = run::rollback(&target, &options, &mut watch)?;
    say(context, &report);
    let data = json!({
        "database": shown(&target.database),
        "dry_run": report.dry_run,
        "checks": watch.checks,
        "asked": asked_as_json(&watch.asked),
        "backup": watch.backup,
        "revisions": revisions(&report),
    });
    Ok(Outcome::done(data).warnings(report.warnings))
}

fn confirm(context: &Context<'_>) -> Result<(), Error> {
    let answers = ["stop here, nothing is changed".to_owned(), "take the migrations back".to_owned()];
    let chosen = choose(
        context.screen(),
        "This is a production database; what its migrations added is lost",
        &answers,
        &context.call("status"),
    )?;
    if chosen == Some(1) {
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
        return screen.line("Done       nothing is applied");
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
