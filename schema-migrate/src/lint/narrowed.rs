use schema_core::dialect::quote_text;
use schema_core::model::{CheckDef, Engine, TableDef};

use super::columns::mentioned;
use super::subject::at_hand;
use super::{Finding, Lint, Severity, Subject};
use crate::diff::{Change, listed_variants};

pub(super) const NARROWED: Lint = Lint {
    code: "L004",
    severity: Severity::Warning,
    what: "a CHECK or enum admits less than before",
    why: "one row that does not fit stops the whole migration",
    instead: "an `UPDATE` of the rows in a migration before it, or `renamed_from` on the variant that takes their place",
};

pub(super) fn findings(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    for change in subject.changes() {
        let Change::AddCheck { table, check } = change else { continue };
        let Some((old, _)) = subject.both(table) else { continue };
        let rows = at_hand(subject.rows(table));
        if let Some((column, gone)) = narrowed_enum(subject, table, check) {
            if !gone.is_empty() {
                let values: Vec<String> = gone.iter().map(|value| quote_text(value)).collect();
                let text = format!(
                    "no longer admits {}; a row that holds one stops the migration{rows}",
                    values.join(", ")
                );
                found.push(Finding::of(&NARROWED, &[table, &column], text));
            }
            continue;
        }
        let expression = check.expression.on(Engine::Sqlite).unwrap_or_default();
        if is_about_new_columns(old, expression) {
            continue;
        }
        let text = format!("a row that does not fit ({expression}) stops the migration{rows}");
        let name = check.name.as_deref().or(check.column.as_deref());
        found.push(match name {
            Some(name) => Finding::of(&NARROWED, &[table, name], text),
            None => Finding::of(&NARROWED, &[table], text),
        });
    }
}

/// The column of an enum that was one before, and the values that it no longer admits.
fn narrowed_enum(subject: &Subject<'_>, table: &str, check: &CheckDef) -> Option<(String, Vec<String>)> {
    let (column, admitted) = listed_variants(check)?;
    let before = subject.changes().find_map(|change| match change {
        Change::DropCheck { table: of, check } if of == table => {
            listed_variants(check).filter(|(name, _)| name.eq_ignore_ascii_case(&column))
        }
        _ => None,
    });
    let renamed = |value: &String| {
        subject.changes().any(|change| {
            matches!(change, Change::RenameVariant { table: of, column: on, from, .. }
                if of == table && on.eq_ignore_ascii_case(&column) && from == value)
        })
    };
    let (_, before) = before?;
    let gone = before.into_iter().filter(|value| !admitted.contains(value) && !renamed(value)).collect();
    Some((column, gone))
}

/// Whether no column that was there before has a part in the expression.
fn is_about_new_columns(old: &TableDef, expression: &str) -> bool {
    mentioned(old, expression).is_empty()
}
