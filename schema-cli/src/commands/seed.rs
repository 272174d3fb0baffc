use schema_migrate::{Error, ErrorKind, run};
use serde_json::{Value, json};

use super::{
    Context,
    development::{refuse_production, rows_text},
    target::{refuse_external, target},
};
use crate::{
    arguments::SeedArguments,
    output::{Outcome, aligned, count, plural, shown},
    progress::Progress,
    seed::Seed,
    settings::Settings,
};

pub(super) fn run(context: &Context<'_>, arguments: &SeedArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let seeded = seed(context, &settings, registered(&settings)?, arguments.dry_run)?;
    Ok(Outcome::done(json!({
        "database": shown(&settings.database()?.path),
        "dry_run": arguments.dry_run,
        "seeded": seeded,
    })))
}

/// The schema's seed function.
pub(super) fn registered(settings: &Settings) -> Result<&Seed, Error> {
    settings.schema.seed.as_ref().ok_or_else(|| {
        Error::usage(format!("no seed function is registered for `{}`", settings.schema.name))
            .why("rows for development come from a function of yours")
            .state("nothing was changed")
            .next(format!(
                "register it in your xtask: schema_cli::Cli::new().schema::<{0}>().seed::<{0}>(seed).run()",
                settings.schema.declared.name
            ))
    })
}

/// Runs the function in one transaction.
pub(super) fn seed(
    context: &Context<'_>,
    settings: &Settings,
    seed: &Seed,
    dry_run: bool,
) -> Result<Value, Error> {
    refuse_external(settings)?;
    refuse_production(settings, &context.caller().name("seed"))?;
    let target = target(settings)?;
    let pending = run::pending(&target, None)?;
    if !pending.is_empty() {
        return Err(Error::new(
            ErrorKind::Preflight,
            format!("{} to be applied first", plural(pending.len(), "migration")),
        )
        .why("a seed function writes through the models, which are ahead of the database")
        .state("nothing was changed")
        .next("db-migrate"));
    }
    let screen = context.screen();
    let mut progress = Progress::new(screen);
    let mut current = String::new();
    let seeded = seed.run(&target.database, dry_run, |what, done, total| {
        if what != current {
            what.clone_into(&mut current);
            progress.start(current.clone(), total);
        }
        progress.at(done);
    });
    progress.finish();
    let seeded = seeded?;
    let rows = seeded.iter().map(|table| {
        let sign = if table.after >= table.before { '+' } else { '-' };
        let change = rows_text(table.after.abs_diff(table.before));
        vec![format!("  {}", table.table), format!("{sign} {change}"), format!("now {}", count(table.after))]
    });
    for line in aligned(rows) {
        screen.line(line);
    }
    screen.line(if dry_run {
        "Dry run    the seed ran and was taken back; nothing was changed"
    } else {
        "Seeded     in one transaction"
    });
    Ok(seeded
        .iter()
        .map(|table| json!({ "table": table.table, "before": table.before, "after": table.after }))
        .collect())
}
