use schema_migrate::{
    diff::Change,
    plan::{Cost, Plan},
};
use serde_json::{Value, json};

use crate::output::{Screen, aligned, count};

/// How many rows a table of the old schema has, where a database tells.
type Rows<'r> = &'r dyn Fn(&str) -> Option<u64>;

/// A line a change: sign, subject, action and, where there is a plan, what it costs.
pub(crate) fn show(screen: &Screen, changes: &[Change], plan: Option<&Plan>, rows: Rows<'_>) {
    let lines = changes.iter().map(|change| {
        let mut row = vec![format!("{} {}", change.sign(), change.subject()), change.action().to_owned()];
        row.extend(plan.map(|plan| cost(plan, change, rows_of(plan, changes, change, rows))));
        row
    });
    for line in aligned(lines) {
        screen.result(line);
    }
}

pub(crate) fn as_json(changes: &[Change], plan: Option<&Plan>, rows: Rows<'_>) -> Value {
    changes
        .iter()
        .map(|change| {
            json!({
                "sign": change.sign().to_string(),
                "table": change.table(),
                "subject": change.subject(),
                "action": change.action(),
                "cost": plan.map(|plan| plan.cost(change).to_string()),
                "rows": plan.and_then(|plan| rows_of(plan, changes, change, rows)),
            })
        })
        .collect()
}

/// `instant`, `reads 12,408 rows`, `rewrites the table`.
fn cost(plan: &Plan, change: &Change, rows: Option<u64>) -> String {
    let cost = plan.cost(change);
    match (cost, rows) {
        (Cost::Instant, _) | (_, None) => cost.to_string(),
        (Cost::ReadsRows, Some(rows)) => format!("reads {}", noun(rows)),
        (Cost::RewritesTable, Some(rows)) => format!("rewrites {}", noun(rows)),
    }
}

fn noun(rows: u64) -> String {
    format!("{} row{}", count(rows), if rows == 1 { "" } else { "s" })
}

/// How many rows the change meets: of its table under the name that it has until now.
fn rows_of(plan: &Plan, changes: &[Change], change: &Change, rows: Rows<'_>) -> Option<u64> {
    if plan.cost(change) == Cost::Instant {
        return None;
    }
    let before = changes.iter().find_map(|other| match other {
        Change::RenameTable { from, to } if to == change.table() => Some(from.as_str()),
        _ => None,
    });
    rows(before.unwrap_or(change.table()))
}
