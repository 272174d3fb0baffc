//! The rows of the history as SQL, for migrations that a person runs with another program.

use std::fmt::Write as _;

use schema_core::dialect::quote_text;

use super::unfinished::Unfinished;
use super::{Applied, CREATE};
use crate::files::{Migration, Script};

/// The statements that record a migration as applied, to be run in its transaction. Whoever runs it
/// twice is stopped here, since a revision stands in the history once.
///
/// One that runs outside of a transaction is recorded as begun: [`marking`] stands before each of its
/// statements, and [`completing`] behind the last.
pub fn recording(migration: &Migration) -> String {
    let mut row = Applied::now(migration, std::time::Duration::ZERO, 0);
    if migration.up.no_transaction {
        row.state = Unfinished::new(false, &migration.up, 0, 0).text();
    }
    let texts = [
        &row.revision,
        &row.name,
        &row.parents.join(","),
        &row.up_checksum,
        &row.down_checksum,
        &row.down_sql,
        &row.kind,
        &row.state,
    ];
    // Only where a file says it: a table that an older program made may lack the column.
    let compatible = row.compatible_from.as_deref().map(quote_text);
    let mut sql = format!(
        "{CREATE};\nINSERT INTO _schema_migrations (revision, name, parents, up_checksum, down_checksum, down_sql, \
         kind,\n  state, applied_at, duration_ms, rows_touched, program_version, format_version{})\nVALUES (",
        if compatible.is_some() { ", compatible_from" } else { "" }
    );
    for text in texts {
        let _ = write!(sql, "{}, ", quote_text(text));
    }
    let _ = writeln!(
        sql,
        "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000', 0, 0, {}, {}{});",
        quote_text(&row.program_version),
        row.format_version,
        compatible.map(|revision| format!(", {revision}")).unwrap_or_default()
    );
    sql
}

/// The statement that takes a revision out of the history, to be run in the transaction of its way back.
pub fn forgetting(revision: &str) -> String {
    format!("DELETE FROM _schema_migrations WHERE revision = {};\n", quote_text(revision))
}

/// The statement that says how far a revision has come that runs outside of a transaction: `done` of the
/// statements of `script` have run and the next one begins. `is_return` on its way back.
pub fn marking(revision: &str, is_return: bool, script: &Script, done: usize) -> String {
    state(revision, &Unfinished::new(is_return, script, done, done + 1).text())
}

/// The statement that records a revision as applied which [`marking`] has accompanied.
pub fn completing(revision: &str) -> String {
    state(revision, "applied")
}

fn state(revision: &str, state: &str) -> String {
    let (revision, state) = (quote_text(revision), quote_text(state));
    format!("UPDATE _schema_migrations SET state = {state} WHERE revision = {revision};\n")
}
