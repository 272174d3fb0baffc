use schema_migrate::{diff::Change, plan::Plan};
use serde_json::{Value, json};

use crate::output::{Screen, aligned};

/// A line a change: sign, subject, action and, where there is a plan, what it costs.
pub(crate) fn show(screen: &Screen, changes: &[Change], plan: Option<&Plan>) {
    let rows = changes.iter().map(|change| {
        let mut row = vec![format!("{} {}", change.sign(), change.subject()), change.action().to_owned()];
        row.extend(plan.map(|plan| plan.cost(change).to_string()));
        row
    });
    for line in aligned(rows) {
        screen.result(line);
    }
}

pub(crate) fn as_json(changes: &[Change], plan: Option<&Plan>) -> Value {
    changes
        .iter()
        .map(|change| {
            json!({
                "sign": change.sign().to_string(),
                "table": change.table(),
                "subject": change.subject(),
                "action": change.action(),
                "cost": plan.map(|plan| plan.cost(change).to_string()),
            })
        })
        .collect()
}
