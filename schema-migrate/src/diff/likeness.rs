use schema_core::dialect::quote_identifier;
use schema_core::model::{ColumnDef, DefaultDef, TableDef};

use crate::sql::affinity::{Affinity, refused};

/// Names longer than this are compared by their beginning.
const LONGEST: usize = 64;

/// How little speaks for two columns being one: their types, places, names and the rest.
pub(super) fn of_columns(old: &TableDef, column: &ColumnDef, new: &TableDef, candidate: &ColumnDef) -> usize {
    let kind = if column.sql_type.eq_ignore_ascii_case(&candidate.sql_type) {
        0
    } else if affinity(old, column) == affinity(new, candidate) {
        4
    } else {
        16
    };
    let place = if is_same_place(old, column, new, candidate) { 0 } else { 8 };
    let rest = column.nullable == candidate.nullable
        && column.generated.is_some() == candidate.generated.is_some()
        && (column.default == DefaultDef::None) == (candidate.default == DefaultDef::None);
    kind + place + if rest { 0 } else { 4 } + of_names(&column.name, &candidate.name)
}

/// How little speaks for two tables being one: the columns that only one of them has, and the names.
pub(super) fn of_tables(old: &TableDef, new: &TableDef) -> usize {
    let shared = old.columns.iter().filter(|column| new.column(&column.name).is_some()).count();
    let all = (old.columns.len() + new.columns.len()).saturating_sub(shared).max(1);
    32 * (all - shared) / all + of_names(&old.name, &new.name)
}

/// How little two names are alike: from 0, the same but for case, to 8.
pub(super) fn of_names(left: &str, right: &str) -> usize {
    let letters = |name: &str| -> Vec<char> { name.to_lowercase().chars().take(LONGEST).collect() };
    let (left, right) = (letters(left), letters(right));
    let all = (left.len() + right.len()).max(1);
    8 - 8 * 2 * longest_common(&left, &right) / all
}

/// The number of letters that both have in the same order.
fn longest_common(left: &[char], right: &[char]) -> usize {
    let mut row = vec![0; right.len() + 1];
    for letter in left {
        let mut diagonal = 0;
        for (position, other) in right.iter().enumerate() {
            let above = row[position + 1];
            row[position + 1] = if letter == other { diagonal + 1 } else { above.max(row[position]) };
            diagonal = above;
        }
    }
    row[right.len()]
}

pub(super) fn is_same_place(
    old: &TableDef,
    column: &ColumnDef,
    new: &TableDef,
    candidate: &ColumnDef,
) -> bool {
    old.position(&column.name) == new.position(&candidate.name)
}

fn affinity(table: &TableDef, column: &ColumnDef) -> Affinity {
    Affinity::of(&column.sql_type, table.strict)
}

/// The query for the number of old values that are none of the candidate's type.
pub(super) fn misfits(old: &TableDef, column: &ColumnDef, candidate: &ColumnDef) -> Option<String> {
    let kind = match Affinity::of(&candidate.sql_type, false) {
        Affinity::Integer => "INTEGER",
        Affinity::Real => "REAL",
        Affinity::Text => "TEXT",
        Affinity::Blob | Affinity::Numeric => return None,
    };
    let condition = refused(kind, &quote_identifier(&column.name))?;
    Some(format!("SELECT count(*) FROM {} WHERE {condition}", quote_identifier(&old.name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_share_letters_are_alike() {
        assert_eq!(of_names("Name", "name"), 0);
        assert!(of_names("name", "full_name") < of_names("name", "email"));
        assert!(of_names("created", "created_at") < of_names("created", "updated_at"));
        assert_eq!((of_names("a", "b"), of_names("", "")), (8, 8));
    }

    #[test]
    fn a_type_speaks_louder_than_a_name() {
        let column = |name: &'static str, sql_type: &'static str| ColumnDef {
            name: name.into(),
            sql_type: sql_type.into(),
            ..ColumnDef::EMPTY
        };
        let table = |columns: Vec<ColumnDef>| TableDef { columns: columns.into(), ..TableDef::EMPTY };
        let old = table(vec![column("age", "INTEGER")]);
        let new = table(vec![column("years", "INT"), column("age_text", "TEXT")]);
        let unlike = |candidate: usize| of_columns(&old, &old.columns[0], &new, &new.columns[candidate]);
        assert!(unlike(0) < unlike(1));
    }
}
