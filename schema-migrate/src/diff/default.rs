use schema_core::model::{ColumnDef, DefaultDef};

use super::table::{Context, same_sql};
use crate::Result;

/// Whether two columns store the same where an INSERT does not name them.
pub(super) fn same(
    left: &ColumnDef,
    right: &ColumnDef,
    from_table: &Context<'_>,
    to_table: &Context<'_>,
) -> Result<bool> {
    Ok(match (stored(left), stored(right)) {
        (DefaultDef::Sql(left), DefaultDef::Sql(right)) => same_sql(&left, &right, from_table, to_table)?,
        // NaN is no default that SQLite can hold; equal bits are equal values.
        (DefaultDef::Real(left), DefaultDef::Real(right)) => left.to_bits() == right.to_bits(),
        (left, right) => left == right,
    })
}

/// The constant as the column stores it: `DEFAULT '0'` in an INTEGER column is 0.
/// <https://sqlite.org/datatype3.html#type_affinity>
fn stored(column: &ColumnDef) -> DefaultDef {
    let constant = match &column.default {
        DefaultDef::Boolean(value) => DefaultDef::Integer(i64::from(*value)),
        other => other.clone(),
    };
    let kind = column.sql_type.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| kind.contains(word));
    if has(&["INT"]) {
        numeric(constant)
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        match constant {
            DefaultDef::Integer(value) => DefaultDef::Text(value.to_string().into()),
            other => other,
        }
    } else if kind.is_empty() || kind == "ANY" || has(&["BLOB"]) {
        constant
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        match numeric(constant) {
            #[expect(clippy::cast_precision_loss, reason = "SQLite stores it so")]
            DefaultDef::Integer(value) => DefaultDef::Real(value as f64),
            other => other,
        }
    } else {
        numeric(constant)
    }
}

fn numeric(constant: DefaultDef) -> DefaultDef {
    let number = match &constant {
        DefaultDef::Text(text) => match text.trim().parse::<i64>() {
            Ok(value) => return DefaultDef::Integer(value),
            // Only what begins like a number is one to SQLite: not `inf` and not `nan`.
            Err(_)
                if text.trim().starts_with(|first: char| first.is_ascii_digit() || "+-.".contains(first)) =>
            {
                text.trim().parse::<f64>().ok().filter(|value| value.is_finite())
            }
            Err(_) => None,
        },
        DefaultDef::Real(value) => Some(*value),
        _ => None,
    };
    match number {
        // Whole numbers that a float holds exactly.
        #[expect(clippy::cast_possible_truncation, reason = "within 2^53 and whole")]
        Some(value) if value.fract() == 0.0 && value.abs() < 9_007_199_254_740_992.0 => {
            DefaultDef::Integer(value as i64)
        }
        Some(value) => DefaultDef::Real(value),
        None => constant,
    }
}
