use schema_migrate::{
    Error,
    files::Unread,
    history::{Applied, Standing},
    status::{Entry, status_of_readable},
};
use serde_json::{Value, json};

use super::{Context, target::target};
use crate::{
    arguments::HistoryArguments,
    output::{Outcome, aligned, count, shown},
};

pub(super) fn run(context: &Context<'_>, arguments: &HistoryArguments) -> Result<Outcome, Error> {
    let settings = context.settings(&arguments.place)?;
    let target = target(&settings)?;
    let (found, unread) = status_of_readable(&target)?;
    let newest_first = found.entries.iter().rev();
    let applied: Vec<(&Entry, &Applied)> =
        newest_first.filter_map(|entry| Some((entry, entry.applied.as_ref()?))).collect();
    let screen = context.screen();
    let lines = aligned(applied.iter().map(|(entry, row)| cells(entry, row)));
    for (line, (entry, row)) in lines.iter().zip(&applied) {
        screen.result(line);
        for detail in details(entry, row) {
            screen.detail(format!("      {detail}"));
        }
    }
    if applied.is_empty() {
        screen.line("Done       nothing is applied");
    }
    Ok(Outcome::done(json!({
        "schema": settings.schema.name,
        "database": shown(&target.database),
        "history": applied.iter().map(|(entry, row)| as_json(entry, row)).collect::<Vec<_>>(),
    }))
    .warnings(unread.iter().map(Unread::told).collect()))
}

fn cells(entry: &Entry, row: &Applied) -> Vec<String> {
    let rows = u64::try_from(row.rows_touched).unwrap_or_default();
    let mut marks = Vec::new();
    if row.kind != "normal" {
        marks.push(row.kind.as_str());
    }
    if entry.standing == Standing::Dirty {
        marks.push("half-way");
    } else if row.state != "applied" {
        marks.push(row.state.as_str());
    }
    match entry.standing {
        Standing::Edited => marks.push("edited"),
        Standing::Vanished => marks.push("file gone"),
        Standing::Unknown => marks.push("file not here"),
        Standing::Broken => marks.push("file broken"),
        _ => {}
    }
    vec![
        row.applied_at.chars().take(19).collect(),
        row.revision.clone(),
        format!("{} ms", row.duration_ms),
        format!("{} row{}", count(rows), if rows == 1 { "" } else { "s" }),
        format!("by {}", row.program_version),
        marks.join(", "),
    ]
}

fn details(entry: &Entry, row: &Applied) -> Vec<String> {
    let mut lines = Vec::new();
    if !row.parents.is_empty() {
        lines.push(format!("follows    {}", row.parents.join(", ")));
    }
    if let Some(path) = &entry.path {
        lines.push(format!("file       {}", shown(path)));
    }
    lines.push(format!("checksum   {} up, {} down", row.up_checksum, row.down_checksum));
    lines
}

fn as_json(entry: &Entry, row: &Applied) -> Value {
    json!({
        "revision": row.revision,
        "name": row.name,
        "parents": row.parents,
        "kind": row.kind,
        "state": row.state,
        "standing": entry.standing.to_string(),
        "applied_at": row.applied_at,
        "ms": row.duration_ms,
        "rows": row.rows_touched,
        "program": row.program_version,
        "up_checksum": row.up_checksum,
        "down_checksum": row.down_checksum,
        "file": entry.path.as_deref().map(shown),
    })
}
