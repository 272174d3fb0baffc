use std::time::Instant;

use schema_migrate::{
    Error, ErrorKind,
    clean::{CleanRequest, Cleaned, CleanedTable, Effect, EffectKind, Rule, clean, cleanable},
};
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::{
    Context,
    development::rows_text,
    list_backups::instant,
    target::{refuse_external, target},
    watch::Watch,
};
use crate::{
    arguments::CleanArguments,
    output::{Outcome, Screen, count, duration, plural, shown},
    question::{Flagged, Prompter as _},
    settings::Settings,
};

pub(super) fn run(context: &Context<'_>, arguments: &CleanArguments) -> Result<Outcome, Error> {
    let started = Instant::now();
    let settings = context.settings(&arguments.place)?;
    refuse_external(&settings)?;
    let rules = rules(&settings, arguments)?;
    let target = target(&settings)?.interrupt(context.signals().interrupt());
    let request = CleanRequest {
        rules: &rules,
        declared: settings.schema.declared,
        now: OffsetDateTime::now_utc(),
        backup: !arguments.no_backup,
    };
    let screen = context.screen();
    let found = cleanable(&target, &request)?;
    show(screen, &found);
    if arguments.dry_run {
        screen.line(format!("Dry run    {} would be deleted; nothing was changed", rows_text(found.old())));
        return Ok(outcome(&found, &shown(&target.database), true, &Value::Null));
    }
    if found.old() == 0 {
        screen.result("Done       nothing is too old");
        return Ok(outcome(&found, &shown(&target.database), false, &Value::Null));
    }
    confirm(context, arguments, &found)?;
    let mut watch = Watch::new(screen);
    let heard = context.signals().heard();
    let done = clean(&target, &request, &mut watch)?;
    drop(heard);
    watch.finish();
    let left = match done.unreadable() {
        0 => String::new(),
        rows => format!("; {} could not be compared", rows_text(rows)),
    };
    screen.result(format!(
        "Done       {} deleted in {}{left}",
        rows_text(done.deleted()),
        duration(started.elapsed())
    ));
    let backup = watch.backup.clone();
    Ok(outcome(&done, &shown(&target.database), false, &backup).warnings(watch.warnings.clone()))
}

/// What the flags say, and else the settings.
fn rules(settings: &Settings, arguments: &CleanArguments) -> Result<Vec<Rule>, Error> {
    let configured = &settings.file.clean;
    let name = &settings.schema.name;
    let Some(table) = &arguments.table else {
        if configured.is_empty() {
            return Err(Error::usage("which rows are to be deleted?")
                .why(format!("neither a table is named, nor `clean` under [{name}] in schema.toml"))
                .state("nothing was changed")
                .next("db-clean TABLE --older-than 90d")
                .next("or write clean = { TABLE = \"90d\" } into schema.toml"));
        }
        return Ok(configured.clone());
    };
    let known = configured.iter().find(|rule| rule.table.eq_ignore_ascii_case(table));
    match (arguments.older_than, known) {
        (Some(older_than), _) => Ok(vec![Rule {
            table: table.clone(),
            older_than,
            by: arguments.by.clone(),
            deleted: arguments.deleted,
        }]),
        (None, Some(rule)) if arguments.by.is_none() && !arguments.deleted => Ok(vec![rule.clone()]),
        (None, _) => Err(Error::usage(format!("how old is too old for rows of {table}?"))
            .state("nothing was changed")
            .next("--older-than 90d")),
    }
}

fn confirm(context: &Context<'_>, arguments: &CleanArguments, found: &Cleaned) -> Result<(), Error> {
    let flagged = Flagged { yes: arguments.yes, otherwise: context.prompter() };
    let with = rows(&found.effects, EffectKind::Deleted);
    let more = if with == 0 { String::new() } else { format!(", and {} with them", count(with)) };
    let of = match found.tables.as_slice() {
        [one] => one.table.clone(),
        several => plural(several.len(), "table"),
    };
    let lost = format!("{} of {of}{more}", rows_text(found.old()));
    let error = |what: String| Error::new(ErrorKind::Answer, what).state("nothing was changed");
    match flagged.confirm(&format!("Delete {lost}"), "delete them")? {
        Some(true) => Ok(()),
        Some(false) => Err(error(format!("stopped: {lost} stay"))),
        None => Err(error("1 question needs an answer and there is no terminal".to_owned())
            .why(format!("{lost} would be deleted\nanswer with   --yes"))
            .next("--yes")),
    }
}

fn rows(effects: &[Effect], kind: EffectKind) -> u64 {
    effects.iter().filter(|effect| effect.kind == kind).map(|effect| effect.rows).sum()
}

fn show(screen: &Screen, found: &Cleaned) {
    for table in &found.tables {
        screen.result(format!(
            "Clean      {}   {} of {} from before {} by {}",
            table.table,
            count(table.old),
            rows_text(table.all),
            instant(table.before),
            table.column
        ));
        if table.without > 0 {
            let verb = if table.without == 1 { "stays" } else { "stay" };
            screen.detail(format!(
                "             {} without {} {verb}",
                rows_text(table.without),
                table.column
            ));
        }
        if table.unreadable > 0 {
            screen.result(format!("             {}", unreadable(table)));
        }
    }
    for Effect { table, parent, rows, kind } in &found.effects {
        screen.result(match kind {
            EffectKind::Deleted => format!("With them  {table}   {} of their {parent}", rows_text(*rows)),
            EffectKind::Unlinked => format!("Unlinked   {table}   {} from their {parent}", rows_text(*rows)),
        });
    }
}

fn unreadable(table: &CleanedTable) -> String {
    let examples: Vec<String> = table.examples.iter().map(|(key, value)| format!("{key}: {value}")).collect();
    let verb = if table.unreadable == 1 { "stays: its" } else { "stay: their" };
    format!(
        "{} {verb} {} is no time as the model stores it ({})",
        rows_text(table.unreadable),
        table.column,
        examples.join("; ")
    )
}

/// 3 where rows could not be compared: they stay for ever unless somebody looks at them.
fn outcome(found: &Cleaned, database: &str, dry_run: bool, backup: &Value) -> Outcome {
    let tables = found.tables.iter().map(|table| {
        json!({
            "table": table.table,
            "by": table.column,
            "before": instant(table.before),
            "rows": table.all,
            "old": table.old,
            "deleted": table.deleted,
            "without": table.without,
            "unreadable": table.unreadable,
            "examples": table.examples.iter().map(|(key, value)| json!({ "row": key, "value": value })).collect::<Vec<_>>(),
        })
    });
    let effects = found.effects.iter().map(|effect| {
        json!({
            "table": effect.table,
            "parent": effect.parent,
            "rows": effect.rows,
            "effect": effect.kind.as_str(),
        })
    });
    let data = json!({
        "database": database,
        "dry_run": dry_run,
        "deleted": found.deleted(),
        "tables": tables.collect::<Vec<_>>(),
        "effects": effects.collect::<Vec<_>>(),
        "backup": backup,
    });
    if found.unreadable() > 0 { Outcome::finding(data) } else { Outcome::done(data) }
}
