use schema_migrate::run::{Rehearsal, TableRows};
use serde_json::{Value, json};

use crate::output::{Screen, count, duration, plural};

/// What a run on a copy came to: how long it took, and which tables have more or fewer rows after it.
pub(super) fn show_rehearsal(screen: &Screen, rehearsal: &Rehearsal) {
    screen.line(format!(
        "Rehearsed  {} on a copy in {}: the database will take about as long",
        plural(rehearsal.revisions.len(), "migration"),
        duration(rehearsal.expected())
    ));
    for revision in &rehearsal.revisions {
        screen.detail(format!("           {:<36} {}", revision.revision, duration(revision.duration)));
    }
    for table in &rehearsal.tables {
        screen.line(format!("           {}", changed(table)));
    }
}

/// `users: 500 -> 480 rows`.
fn changed(table: &TableRows) -> String {
    match (table.before, table.after) {
        (Some(before), Some(after)) => format!("{}: {} -> {} rows", table.table, count(before), count(after)),
        (None, Some(after)) => format!("{}: new, {} rows", table.table, count(after)),
        (Some(before), None) => format!("{}: {} rows -> gone", table.table, count(before)),
        (None, None) => table.table.clone(),
    }
}

pub(super) fn rehearsal_as_json(rehearsal: &Rehearsal) -> Value {
    let rows =
        |table: &TableRows| json!({ "table": table.table, "before": table.before, "after": table.after });
    let ms = |took: std::time::Duration| u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    json!({
        "ms": ms(rehearsal.expected()),
        "copy_ms": ms(rehearsal.copying),
        "revisions": rehearsal.revisions.iter().map(|revision| json!({
            "revision": revision.revision, "ms": ms(revision.duration), "rows": revision.rows,
        })).collect::<Vec<_>>(),
        "tables": rehearsal.tables.iter().map(rows).collect::<Vec<_>>(),
        "differences": rehearsal.differences.iter().map(|difference| json!({
            "rehearsed": rows(&difference.rehearsed), "live": rows(&difference.live),
        })).collect::<Vec<_>>(),
    })
}
