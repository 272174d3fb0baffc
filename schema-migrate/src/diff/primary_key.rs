use schema_core::model::{PrimaryKeyDef, TableDef};

use super::change::Change;
use super::column::same_own_collation;

pub(super) fn change(from: &TableDef, to: &TableDef) -> Option<Change> {
    let same = match (&from.primary_key, &to.primary_key) {
        (None, None) => true,
        (Some(left), Some(right)) => same(left, right),
        _ => false,
    };
    if same {
        return None;
    }
    Some(Change::ChangePrimaryKey {
        table: to.name.to_string(),
        from: from.primary_key.clone(),
        to: to.primary_key.clone(),
    })
}

fn same(left: &PrimaryKeyDef, right: &PrimaryKeyDef) -> bool {
    left.autoincrement == right.autoincrement
        && left.conflict == right.conflict
        && left.rowid_alias == right.rowid_alias
        && left.columns.len() == right.columns.len()
        && left.columns.iter().zip(right.columns.iter()).all(|(left, right)| {
            left.name.eq_ignore_ascii_case(&right.name)
                && same_own_collation(left.collation.as_deref(), right.collation.as_deref())
                && left.descending == right.descending
        })
}
