use super::subject::at_hand;
use super::{Finding, Lint, Severity, Subject};
use crate::plan::LossKind;

pub(super) const LOSSY: Lint = Lint {
    code: "L003",
    severity: Severity::Danger,
    what: "a change of type rewrites values",
    why: "SQLite stores a value as the new type's affinity asks: text `007` becomes the number 7 without a word",
    instead: "`convert = \"..\"` on the column, or `--convert`, which says what the new value is",
};

pub(super) fn findings(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for loss in &subject.plan.losses {
        let (LossKind::Changed { types: [from, to], consequence }, [table, column]) =
            (&loss.kind, loss.what.0.as_slice())
        else {
            continue;
        };
        let text = format!("{from} to {to}: {consequence}{}", at_hand(subject.rows(table)));
        found.push(Finding::of(&LOSSY, &[table, column], text));
    }
}
