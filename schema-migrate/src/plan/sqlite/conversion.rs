use schema_core::model::{ColumnDef, TableDef};

use crate::sql::affinity::Affinity;

/// What becomes of stored values when a column of the table has another type.
pub(super) fn consequence(before: &TableDef, table: &TableDef, from: &str, to: &str) -> String {
    let (old, new) = (Affinity::of(from, before.strict), Affinity::of(to, table.strict));
    let rest = |what: &str| match table.strict {
        true => format!("the copy fails on {what}"),
        false => format!("{what} stays as it is"),
    };
    match (old, new) {
        (_, Affinity::Blob) => "stored values stay as they are".to_owned(),
        (old, new) if old == new => format!("stored values stay as they are{}", strict(table)),
        (Affinity::Text | Affinity::Blob, Affinity::Integer | Affinity::Numeric) => format!(
            "text that reads as a number becomes it, so '007' becomes 7 and '1.0' becomes 1; {}",
            rest("other text")
        ),
        (Affinity::Text | Affinity::Blob, Affinity::Real) => format!(
            "text that reads as a number becomes a real number, so '007' becomes 7.0 and more than 15 digits \
             are rounded; {}",
            rest("other text")
        ),
        (Affinity::Integer | Affinity::Numeric, Affinity::Real) => {
            "integers become real numbers, and those beyond 9007199254740992 (2^53) are rounded".to_owned()
        }
        (Affinity::Real, Affinity::Integer) => {
            format!("1.0 becomes the integer 1; {}", rest("a number with a fraction, such as 1.5,"))
        }
        (Affinity::Real, Affinity::Numeric) => "1.0 becomes the integer 1".to_owned(),
        (Affinity::Real, Affinity::Text) => {
            "numbers become text, so 7.0 becomes '7.0', and digits that the text does not show are lost"
                .to_owned()
        }
        (_, Affinity::Text) => "numbers become text, so 7 becomes '7'".to_owned(),
        (_, Affinity::Integer | Affinity::Numeric) => {
            format!("numbers stay as they are{}", strict(table))
        }
        (_, Affinity::Real) => "integers become real numbers".to_owned(),
    }
}

/// The plain type of a column's affinity.
pub(crate) fn affinity_name(table: &TableDef, column: &ColumnDef) -> &'static str {
    match Affinity::of(&column.sql_type, table.strict) {
        Affinity::Integer => "INTEGER",
        Affinity::Text => "TEXT",
        Affinity::Blob => "BLOB",
        Affinity::Real => "REAL",
        Affinity::Numeric => "NUMERIC",
    }
}

fn strict(table: &TableDef) -> &'static str {
    if table.strict { ", and the copy fails on values of another type" } else { "" }
}
