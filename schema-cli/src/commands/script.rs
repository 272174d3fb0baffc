use std::{fmt::Write as _, path::Path};

use schema_migrate::{
    Error, ErrorKind,
    files::{Migration, Script},
    history,
    plan::{self, EngineVersion, Expectation, Plan},
};
use serde_json::{Value, json};

use crate::output::{Outcome, Screen};

const RUN_WITH: &str = "-- run with: sqlite3 -bail DATABASE < FILE";

/// A script of a revision, with the statements that keep the history.
pub(super) struct Printed<'a> {
    revision: &'a str,
    script: &'a Script,
    is_return: bool,
    history: String,
}

impl<'a> Printed<'a> {
    /// What applies a migration.
    pub(super) fn up(migration: &'a Migration) -> Result<Self, Error> {
        let revision = migration.revision.as_str();
        refuse_rust(revision, &migration.up, Some(&migration.path), "db-migrate")?;
        let history = history::recording(migration);
        Ok(Self { revision, script: &migration.up, is_return: false, history })
    }

    /// What takes a revision back.
    pub(super) fn down(revision: &'a str, script: &'a Script) -> Result<Self, Error> {
        refuse_rust(revision, script, None, "db-rollback")?;
        Ok(Self { revision, script, is_return: true, history: history::forgetting(revision) })
    }
}

/// A function of the program is no SQL, and without it the revision would be only half of itself.
fn refuse_rust(revision: &str, script: &Script, file: Option<&Path>, command: &str) -> Result<(), Error> {
    let Some(function) = &script.rust else { return Ok(()) };
    let error = Error::new(
        ErrorKind::Preflight,
        format!("{revision} has the Rust step `{function}`, which cannot be printed as SQL"),
    )
    .why("whoever ran the statements by hand would record it as applied without what the function does")
    .state("nothing was printed")
    .next(format!("{command} runs it with the program"))
    .next(format!("{command} --sql --to REVISION prints what comes before it"));
    Err(match file {
        Some(file) => error.place(file.display().to_string()),
        None => error,
    })
}

/// Prints scripts as SQL that another program can run, each in a transaction of its own together with
/// its row of the history: a database that was migrated by hand counts as migrated. One that asks for no
/// transaction marks before each statement how far it has come, as `db-migrate` does.
///
/// Without `-bail` the `sqlite3` shell goes on after an error and commits half.
/// <https://sqlite.org/cli.html>
pub(super) fn print(screen: &Screen, scripts: &[Printed<'_>]) -> Outcome {
    let data: Vec<Value> =
        scripts.iter().map(|printed| json!({ "revision": printed.revision, "sql": text(printed) })).collect();
    if scripts.is_empty() {
        screen.result("-- nothing to run");
    } else {
        screen.result(format!("{RUN_WITH}. The history of migrations is kept, too."));
    }
    for printed in scripts {
        screen.result(format!("\n-- revision: {}\n{}", printed.revision, text(printed)));
    }
    Outcome::done(json!({ "scripts": data }))
}

fn text(printed: &Printed<'_>) -> String {
    let Printed { script, revision, is_return, .. } = printed;
    let expectations = script.expectations.iter().map(|expected| &expected.expectation);
    let off = script.runs_without_foreign_keys();
    let mut statements = String::new();
    // First: whoever runs it twice is stopped before anything else.
    if !(script.no_transaction && *is_return) {
        statements.push_str(&printed.history);
    }
    for (position, statement) in script.statements.iter().enumerate() {
        if script.no_transaction {
            statements.push_str(&history::marking(revision, *is_return, script, position));
        }
        let _ = writeln!(statements, "{};", statement.sql.trim_end().trim_end_matches(';'));
    }
    let header = header(script.engine, off, expectations);
    if !script.no_transaction {
        return format!("{header}{}", in_transaction(&statements, off));
    }
    statements.push_str(&if *is_return { printed.history.clone() } else { history::completing(revision) });
    format!("{header}-- transaction: off\n{}", without_foreign_keys(statements.trim_end(), off))
}

/// One direction of a plan as SQL that another program can run, with what a file would say of it.
pub(super) fn of_plan(plan: &Plan, down: bool) -> String {
    let (steps, expectations) = match down {
        true => (&plan.down, &plan.down_expectations),
        false => (&plan.up, &plan.expectations),
    };
    let off = plan.foreign_keys_off;
    let header = header(Some(plan.minimum_engine), off, expectations.iter());
    format!("{RUN_WITH}.\n{header}{}", in_transaction(&plan::script(steps), off))
}

fn header<'a>(
    engine: Option<EngineVersion>,
    off: bool,
    expectations: impl Iterator<Item = &'a Expectation>,
) -> String {
    let mut text = String::new();
    if let Some(engine) = engine {
        let _ = writeln!(text, "-- engine:   sqlite >= {engine}");
    }
    if off {
        text.push_str("-- needs:    foreign_keys=off\n");
    }
    text.extend(expectations.map(Expectation::text));
    text
}

/// The statements, wholly or not at all.
fn in_transaction(statements: &str, off: bool) -> String {
    // Inside a transaction the pragma is silently ignored, so it stands around it.
    without_foreign_keys(&format!("BEGIN IMMEDIATE;\n{}\nCOMMIT;", statements.trim_end()), off)
}

/// With foreign keys on, the DROP of a rebuild would empty the tables that refer to it.
fn without_foreign_keys(text: &str, off: bool) -> String {
    if off { format!("PRAGMA foreign_keys=OFF;\n{text}\nPRAGMA foreign_keys=ON;") } else { text.to_owned() }
}
