use super::subject::at_hand;
use super::{Finding, Lint, Severity, Subject};
use crate::diff::{Change, ColumnAspect};
use crate::plan::sqlite::consequence;

pub(super) const LOSSY: Lint = Lint {
    code: "L003",
    severity: Severity::Danger,
    what: "a change of type rewrites values",
    why: "SQLite stores a value as the new type's affinity asks: text `007` becomes the number 7 without a word",
    instead: "`convert = \"..\"` on the column, or `--convert`, which says what the new value is",
};

pub(super) fn findings(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for change in subject.changes() {
        let Change::AlterColumn { table, from, to, aspects } = change else { continue };
        let converted = subject.comparison.values.iter().any(|values| {
            values.table.eq_ignore_ascii_case(table)
                && values.column.eq_ignore_ascii_case(&to.name)
                && values.convert.is_some()
        }) || subject.answers.convert_of(table, &to.name).is_some();
        if !aspects.contains(&ColumnAspect::Type) || to.generated.is_some() || converted {
            continue;
        }
        let Some((old, new)) = subject.both(table) else { continue };
        let what = consequence(old, new, &from.sql_type, &to.sql_type);
        if what.contains("stay as they are") && !what.contains("fails") {
            continue;
        }
        let rows = at_hand(subject.rows(table));
        let text = format!("{} to {}: {what}{rows}", typed(&from.sql_type), typed(&to.sql_type));
        found.push(Finding::of(&LOSSY, &[table, &to.name], text));
    }
}

fn typed(sql_type: &str) -> &str {
    if sql_type.is_empty() { "no type" } else { sql_type }
}
