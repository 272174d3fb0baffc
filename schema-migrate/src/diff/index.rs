use schema_core::model::{IndexDef, IndexTarget, TableDef};

use super::change::Change;
use super::column::same_own_collation;
use super::table::{Context, same_sql};
use crate::Result;

/// The indexes that are new, gone or another. `settled_*` names those that a UNIQUE constraint on
/// the other side stands for.
pub(super) fn changes(
    from: &TableDef,
    to: &TableDef,
    settled_from: &[String],
    settled_to: &[String],
) -> Result<Vec<Change>> {
    let table = to.name.to_string();
    let mut found = Vec::new();
    let named = |indexes: &'_ [IndexDef], name: &str| -> Option<usize> {
        indexes.iter().position(|index| index.name.eq_ignore_ascii_case(name))
    };
    for index in from.indexes.iter() {
        if named(&to.indexes, &index.name).is_none() && !settled_from.iter().any(|name| *name == index.name) {
            found.push(Change::DropIndex { table: table.clone(), index: index.clone() });
        }
    }
    for index in to.indexes.iter() {
        match named(&from.indexes, &index.name).map(|position| &from.indexes[position]) {
            Some(old) if same(old, index, &Context::of(from), &Context::of(to))? => {}
            Some(old) => {
                found.push(Change::ChangeIndex {
                    table: table.clone(),
                    from: old.clone(),
                    to: index.clone(),
                });
            }
            None if settled_to.iter().any(|name| *name == index.name) => {}
            None => found.push(Change::AddIndex { table: table.clone(), index: index.clone() }),
        }
    }
    Ok(found)
}

fn same(left: &IndexDef, right: &IndexDef, from: &Context<'_>, to: &Context<'_>) -> Result<bool> {
    if left.unique != right.unique || left.parts.len() != right.parts.len() {
        return Ok(false);
    }
    for (left, right) in left.parts.iter().zip(right.parts.iter()) {
        let target = match (&left.target, &right.target) {
            (IndexTarget::Column(left), IndexTarget::Column(right)) => left.eq_ignore_ascii_case(right),
            (IndexTarget::Expression(left), IndexTarget::Expression(right)) => {
                same_sql(left, right, from, to)?
            }
            _ => false,
        };
        let collation = same_own_collation(left.collation.as_deref(), right.collation.as_deref());
        if !target || !collation || left.descending != right.descending {
            return Ok(false);
        }
    }
    match (&left.filter, &right.filter) {
        (None, None) => Ok(true),
        (Some(left), Some(right)) => same_sql(left, right, from, to),
        _ => Ok(false),
    }
}
