use super::subject::at_hand;
use super::{Finding, Lint, Severity, Subject};
use crate::diff::Change;
use crate::plan::LossKind;

pub(super) const TABLE: Lint = Lint {
    code: "L001",
    severity: Severity::Danger,
    what: "a table is dropped",
    why: "its rows go with it, and no way down brings them back",
    instead: "`--keep-dropped` moves the rows into `_kept_<table>`; `renamed_from` where it has another name",
};

pub(super) const COLUMN: Lint = Lint {
    code: "L002",
    severity: Severity::Danger,
    what: "a column is dropped",
    why: "its values go with it, and no way down brings them back",
    instead: "`--keep-dropped` moves the values into `_kept_<table>_<column>`; `renamed_from` where it has another name",
};

pub(super) fn findings(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for loss in subject.plan.losses.iter().filter(|loss| loss.kind == LossKind::Gone) {
        match loss.what.0.as_slice() {
            [table] => found.push(Finding::of(
                &TABLE,
                &[table],
                format!(
                    "the table is dropped with every row{}: they cannot come back",
                    at_hand(subject.figures.rows(table))
                ),
            )),
            [table, column, ..] => {
                let rows = at_hand(subject.figures.rows(table));
                let computed = subject.changes().any(|change| {
                    matches!(change, Change::AlterColumn { from, to, .. }
                        if from.name.eq_ignore_ascii_case(column) && to.generated.is_some())
                });
                let text = if computed {
                    format!(
                        "the column is computed from now on, and every value that it stored goes{rows}: they cannot come back"
                    )
                } else {
                    format!("the column is dropped with every value{rows}: they cannot come back")
                };
                let mut finding = Finding::of(&COLUMN, &[table, column], text);
                subject.new_name(table).clone_into(&mut finding.table);
                found.push(finding);
            }
            [] => {}
        }
    }
}

impl Subject<'_> {
    /// The name that a table of the old schema has in the new one.
    fn new_name<'t>(&'t self, table: &'t str) -> &'t str {
        let renamed = self.changes().find_map(|change| match change {
            Change::RenameTable { from, to } if from == table => Some(to.as_str()),
            _ => None,
        });
        renamed.unwrap_or(table)
    }
}
