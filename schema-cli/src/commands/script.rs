use std::fmt::Write as _;

use schema_migrate::files::Script;
use serde_json::{Value, json};

use crate::output::{Outcome, Screen};

/// Prints scripts as SQL that another program can run, each in a transaction of its own.
///
/// Without `-bail` the `sqlite3` shell goes on after an error and commits half.
/// <https://sqlite.org/cli.html>
pub(super) fn print(screen: &Screen, scripts: &[(&str, &Script)]) -> Outcome {
    let data: Vec<Value> = scripts
        .iter()
        .map(|(revision, script)| json!({ "revision": revision, "sql": text(script) }))
        .collect();
    if scripts.is_empty() {
        screen.result("-- nothing to run");
    } else {
        screen.result(
            "-- run with: sqlite3 -bail DATABASE < FILE. This does not write the history of migrations.",
        );
    }
    for (revision, script) in scripts {
        screen.result(format!("\n-- revision: {revision}\n{}", text(script)));
    }
    Outcome::done(json!({ "scripts": data }))
}

fn text(script: &Script) -> String {
    let mut text = String::new();
    // Inside a transaction the pragma is silently ignored, so it stands around it.
    if script.foreign_keys_off {
        text.push_str("PRAGMA foreign_keys=OFF;\n");
    }
    text.push_str("BEGIN IMMEDIATE;\n");
    for statement in &script.statements {
        let _ = writeln!(text, "{};", statement.sql.trim_end().trim_end_matches(';'));
    }
    text.push_str("COMMIT;");
    if script.foreign_keys_off {
        text.push_str("\nPRAGMA foreign_keys=ON;");
    }
    text
}
