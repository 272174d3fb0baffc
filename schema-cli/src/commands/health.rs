use std::{path::Path, time::Duration};

use schema_migrate::{Error, ErrorKind, run::open_read_only};
use schema_ops::{Health, health};
use serde_json::{Value, json};

use super::Context;
use crate::{
    arguments::HealthArguments,
    output::{Outcome, Screen, count, plural, shown, size},
    progress::Progress,
};

/// How long others may hold the database before it cannot be read.
const WAIT: Duration = Duration::from_secs(5);

pub(super) fn run(context: &Context<'_>, arguments: &HealthArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let database = &settings.database()?.path;
    let screen = context.screen();
    let mut progress = Progress::new(screen);
    progress.start("reading every page", 0);
    let connection = open_read_only(database, WAIT)?;
    let found = health(&connection, database)?;
    progress.finish();
    show(screen, database, &found);
    let outcome = Outcome::done(as_json(database, &found));
    if let Some(faults) = &found.integrity.faults {
        let damaged = Error::new(ErrorKind::Verification, format!("{} is damaged", shown(database)))
            .why(faults.clone())
            .state("nothing was changed")
            .with_damaged(database);
        return Ok(outcome.failed_in_part(damaged));
    }
    if found.orphans.is_empty() {
        screen.result("Done       healthy");
        return Ok(outcome);
    }
    screen.result("Found      rows without their parent: give each a parent, or delete it");
    Ok(Outcome { exit: Outcome::finding(Value::Null).exit, ..outcome })
}

fn show(screen: &Screen, database: &Path, found: &Health) {
    screen.line(format!(
        "File       {}   {}, {} of {} bytes, {} free",
        shown(database),
        size(found.bytes),
        pages(found.pages),
        found.page_size,
        count(found.free_pages)
    ));
    screen.line(format!(
        "Journal    {}{}",
        found.journal_mode,
        match found.log_bytes {
            0 => String::new(),
            bytes => format!(", {} in the log", size(bytes)),
        }
    ));
    match &found.integrity.faults {
        None => {
            let passed = found.integrity.passed();
            screen.line(format!("Integrity  {}", passed.strip_prefix("integrity ").unwrap_or(&passed)));
        }
        Some(faults) => screen.result(format!("Integrity  {}", faults.replace('\n', "\n           "))),
    }
    match (&found.integrity.faults, &found.orphans[..]) {
        (Some(_), _) => screen.line("Keys       not looked for in a damaged file"),
        (None, []) => screen.line("Keys       every row has its parent"),
        (None, orphans) => orphans.iter().for_each(|orphans| {
            screen.result(format!(
                "Keys       {}",
                match orphans.rows {
                    Some(rows) =>
                        format!("{} of {} without their {}", rows_of(rows), orphans.table, orphans.parent),
                    None =>
                        format!("{} refers to columns of {} that are no key", orphans.table, orphans.parent),
                }
            ));
        }),
    }
    for (name, file) in &found.attached {
        screen
            .detail(format!("Attached   {name}   {}", file.as_deref().map_or("in memory".to_owned(), shown)));
    }
    screen.detail(format!(
        "Header     {}, user_version {}, application_id {}",
        found.encoding, found.user_version, found.application_id
    ));
    screen.detail(format!("SQLite     {}", found.sqlite));
    found.compile_options.iter().for_each(|option| screen.detail(format!("Compiled   {option}")));
}

fn pages(number: u64) -> String {
    usize::try_from(number).map_or_else(|_| format!("{number} pages"), |number| plural(number, "page"))
}

fn rows_of(number: u64) -> String {
    usize::try_from(number).map_or_else(|_| format!("{number} rows"), |number| plural(number, "row"))
}

fn as_json(database: &Path, found: &Health) -> Value {
    json!({
        "database": shown(database),
        "healthy": found.is_good(),
        "bytes": found.bytes,
        "log_bytes": found.log_bytes,
        "page_size": found.page_size,
        "pages": found.pages,
        "free_pages": found.free_pages,
        "journal_mode": found.journal_mode,
        "encoding": found.encoding,
        "user_version": found.user_version,
        "application_id": found.application_id,
        "faults": found.integrity.faults.as_deref().map(|faults| faults.lines().collect::<Vec<_>>()),
        "unchecked": found.integrity.unchecked.iter().map(|(table, _)| table).collect::<Vec<_>>(),
        "orphans": found.orphans,
        "attached": found.attached.iter().map(|(name, file)| json!({
            "name": name,
            "file": file.as_deref().map(shown),
        })).collect::<Vec<_>>(),
        "sqlite": found.sqlite,
        "compile_options": found.compile_options,
    })
}
