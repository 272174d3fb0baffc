use std::fmt::Write as _;

use schema_migrate::{
    files::Script,
    plan::{self, EngineVersion, Expectation, Plan},
};
use serde_json::{Value, json};

use crate::output::{Outcome, Screen};

const RUN_WITH: &str = "-- run with: sqlite3 -bail DATABASE < FILE";

/// A script of a revision, with the statement that keeps the history.
pub(super) struct Printed<'a> {
    pub(super) revision: &'a str,
    pub(super) script: &'a Script,
    pub(super) history: String,
}

/// Prints scripts as SQL that another program can run, each in a transaction of its own together with
/// its row of the history: a database that was migrated by hand counts as migrated.
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
    let script = printed.script;
    // First: whoever runs it twice is stopped before anything else.
    let mut statements = printed.history.clone();
    for statement in &script.statements {
        let _ = writeln!(statements, "{};", statement.sql.trim_end().trim_end_matches(';'));
    }
    let expectations = script.expectations.iter().map(|expected| &expected.expectation);
    let off = script.runs_without_foreign_keys();
    format!("{}{}", header(script.engine, off, expectations), in_transaction(&statements, off))
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

/// The statements, wholly or not at all. With foreign keys on, the DROP of a rebuild would empty the
/// tables that refer to it.
fn in_transaction(statements: &str, off: bool) -> String {
    // Inside a transaction the pragma is silently ignored, so it stands around it.
    let (before, after) =
        if off { ("PRAGMA foreign_keys=OFF;\n", "\nPRAGMA foreign_keys=ON;") } else { ("", "") };
    format!("{before}BEGIN IMMEDIATE;\n{}\nCOMMIT;{after}", statements.trim_end())
}
