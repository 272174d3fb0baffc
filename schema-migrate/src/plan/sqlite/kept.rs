use schema_core::model::SchemaDef;

use super::value;
use crate::diff::{Answers, Comparison, Path};
use crate::keep::KeptColumn;
use crate::plan::{Cost, Step};

/// The statement that keeps the values of a column; its table is there by now.
pub(super) fn keep(kept: &KeptColumn) -> Step {
    Step::new(
        &kept.table,
        kept.fill(),
        format!("keep {}.{} in {}", kept.old_table, kept.old_column, kept.name),
    )
    .cost(Cost::ReadsRows)
    .note(format!("the values of {}.{} are kept for the way down", kept.old_table, kept.old_column))
}

/// Tells the way back where the kept values are, and what rows get that were stored since. Gives what a
/// person should know of those.
pub(super) fn bring_back(from: &SchemaDef, comparison: &Comparison, inverse: &mut Answers) -> Vec<String> {
    let mut remarks = Vec::new();
    for kept in &comparison.kept {
        let table = from.table(&kept.old_table);
        let Some((table, column)) = table.and_then(|table| Some((table, table.column(&kept.old_column)?)))
        else {
            continue;
        };
        let mut otherwise = value::default(column);
        if otherwise.is_none() && !column.nullable {
            otherwise = value::placeholder(table, column);
            remarks.push(match &otherwise {
                Some(stand_in) => format!(
                    "rows that are stored meanwhile have no value in {}.{} and get {stand_in}",
                    table.name, column.name
                ),
                None => format!(
                    "{}.{} must hold no NULL, and rows that are stored meanwhile have no value for it",
                    table.name, column.name
                ),
            });
        }
        let path = Path::new([kept.old_table.as_str(), kept.old_column.as_str()]);
        let expression = kept.value(otherwise.as_deref());
        if kept.is_computed {
            inverse.converts.push((path, expression));
        } else {
            inverse.backfills.push((path, expression));
        }
    }
    remarks
}
