use super::subject::at_hand;
use super::{Finding, Lint, Severity, Subject};
use crate::diff::{Change, ColumnAspect};

pub(super) const NOT_NULL: Lint = Lint {
    code: "L005",
    severity: Severity::Warning,
    what: "a column of rows that exist forbids NULL",
    why: "rows that hold NULL get another value or stop the migration, and an older program that writes NULL fails",
    instead: "`backfill = \"..\"` on the column says the value; fill the rows in a migration before it where that takes long",
};

pub(super) fn findings(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for change in subject.changes() {
        let Change::AlterColumn { table, to, aspects, .. } = change else { continue };
        if !aspects.contains(&ColumnAspect::Nullability) || to.nullable || to.generated.is_some() {
            continue;
        }
        let text = format!("forbids NULL from now on{}", at_hand(subject.rows(table)));
        found.push(Finding::of(&NOT_NULL, &[table, &to.name], text));
    }
}
