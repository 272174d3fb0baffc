use super::subject::at_hand;
use super::{Finding, Lint, Severity, Subject};
use crate::diff::Change;

pub(super) const UNIQUE: Lint = Lint {
    code: "L008",
    severity: Severity::Warning,
    what: "values of rows that exist have to be unique",
    why: "two rows that hold the same stop the whole migration",
    instead: "a migration before it that brings the duplicates together",
};

pub(super) fn findings(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for change in subject.changes() {
        let Some((old, _)) = subject.both(change.table()) else { continue };
        let names: Vec<&str> = match change {
            Change::AddUnique { unique, .. } => {
                unique.columns.iter().map(|column| column.name.as_ref()).collect()
            }
            Change::AddIndex { index, .. } if index.unique => index_columns(index),
            Change::ChangeIndex { from, to, .. } if to.unique && !from.unique => index_columns(to),
            _ => continue,
        };
        // NULL is never a duplicate, and a new column holds the same in every row only by its default.
        if names.iter().all(|name| old.column(name).is_none()) && !names.is_empty() {
            continue;
        }
        let rows = at_hand(subject.rows(change.table()));
        let text = format!("two rows that hold the same stop the migration{rows}");
        found.push(match change {
            Change::AddIndex { table, index } | Change::ChangeIndex { table, to: index, .. } => {
                Finding::named(&UNIQUE, table, &index.name, text)
            }
            _ => Finding::of(&UNIQUE, &[change.table()], format!("UNIQUE ({}): {text}", names.join(", "))),
        });
    }
}

fn index_columns(index: &schema_core::model::IndexDef) -> Vec<&str> {
    let parts = index.parts.iter().filter_map(|part| match &part.target {
        schema_core::model::IndexTarget::Column(name) => Some(name.as_ref()),
        schema_core::model::IndexTarget::Expression(_) => None,
    });
    parts.collect()
}
