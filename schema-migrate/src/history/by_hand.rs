//! The rows of the history as SQL, for migrations that a person runs with another program.

use std::fmt::Write as _;

use schema_core::dialect::quote_text;

use super::{Applied, CREATE};
use crate::files::Migration;

/// The statements that record a migration as applied, to be run in its transaction. Whoever runs it
/// twice is stopped here, since a revision stands in the history once.
pub fn recording(migration: &Migration) -> String {
    let row = Applied::now(migration, std::time::Duration::ZERO, 0);
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
    let mut sql = format!(
        "{CREATE};\nINSERT INTO _schema_migrations (revision, name, parents, up_checksum, down_checksum, down_sql, \
         kind,\n  state, applied_at, duration_ms, rows_touched, program_version, format_version)\nVALUES ("
    );
    for text in texts {
        let _ = write!(sql, "{}, ", quote_text(text));
    }
    let _ = writeln!(
        sql,
        "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000', 0, 0, {}, {});",
        quote_text(&row.program_version),
        row.format_version
    );
    sql
}

/// The statement that takes a revision out of the history, to be run in the transaction of its way back.
pub fn forgetting(revision: &str) -> String {
    format!("DELETE FROM _schema_migrations WHERE revision = {};\n", quote_text(revision))
}
