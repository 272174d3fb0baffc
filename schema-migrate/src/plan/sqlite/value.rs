use schema_core::dialect::quote_text;
use schema_core::model::{ColumnDef, DefaultDef, Engine, TableDef};

use super::mention::{check_mentions, in_foreign_key, in_primary_key, in_unique};
use crate::diff::listed_variants;

/// A default as an expression, where there is one.
pub(super) fn default(column: &ColumnDef) -> Option<String> {
    Some(match &column.default {
        DefaultDef::Integer(value) => value.to_string(),
        DefaultDef::Real(value) if value.is_finite() => format!("{value:?}"),
        DefaultDef::Real(value) if *value > 0.0 => "9e999".to_owned(),
        DefaultDef::Real(_) => "-9e999".to_owned(),
        DefaultDef::Text(value) => quote_text(value),
        DefaultDef::Boolean(value) => i32::from(*value).to_string(),
        DefaultDef::Sql(sql) => format!("({})", sql.on(Engine::Sqlite)?),
        DefaultDef::None | DefaultDef::Now | DefaultDef::UuidV7 => return None,
    })
}

/// Whether ADD COLUMN takes the default on a table with rows, and gives them what an INSERT gives.
pub(super) fn is_constant(column: &ColumnDef) -> bool {
    match &column.default {
        // `TEXT DEFAULT 1e3` is '1000.0' in a new row, and '1e3' in those that are there.
        DefaultDef::Real(_) if is_text(column) => false,
        DefaultDef::Sql(sql) => {
            // A blob literal is the one constant that is kept as text.
            let text = sql.on(Engine::Sqlite).unwrap_or_default().trim();
            let blob = crate::sql::tokens(text).is_ok_and(
                |all| matches!(all.as_slice(), [token] if token.kind == crate::sql::TokenKind::Blob),
            );
            blob && !text.starts_with('(')
        }
        DefaultDef::Now | DefaultDef::UuidV7 => false,
        _ => true,
    }
}

/// Whether the column stores numbers as text.
fn is_text(column: &ColumnDef) -> bool {
    let kind = column.sql_type.to_ascii_uppercase();
    !kind.contains("INT") && ["CHAR", "CLOB", "TEXT"].iter().any(|word| kind.contains(word))
}

/// A value for a NOT NULL column whose values are gone, on the way back only: the first variant of
/// an enum, or an empty value of the column's kind. None where a constraint would refuse it.
pub(super) fn placeholder(table: &TableDef, column: &ColumnDef) -> Option<String> {
    if in_primary_key(table, &column.name)
        || in_unique(table, &column.name)
        || in_foreign_key(table, &column.name)
    {
        return None;
    }
    let unique_index = |index: &schema_core::model::IndexDef| {
        index.unique && super::mention::index_mentions(index, &column.name)
    };
    if table.indexes.iter().any(unique_index) {
        return None;
    }
    let mut checks = table.checks.iter().filter(|check| check_mentions(check, &column.name));
    if let Some(check) = checks.next() {
        // `c IN ('a', 'b')` says what it admits, and `c IN (0, 1)` admits what is empty.
        if let Some((_, variants)) = listed_variants(check) {
            return variants.first().map(|value| quote_text(value));
        }
        let boolean = check.expression.on(Engine::Sqlite).is_some_and(|text| {
            crate::sql::fold(text, crate::sql::Fold::default())
                .is_ok_and(|form| form.ends_with(" in ( 0 , 1 )"))
        });
        return (boolean && checks.next().is_none()).then(|| "0".to_owned());
    }
    let kind = column.sql_type.to_ascii_uppercase();
    let text = ["CHAR", "CLOB", "TEXT"].iter().any(|word| kind.contains(word));
    Some(
        match () {
            () if kind.contains("INT") => "0",
            () if text => "''",
            () if kind.is_empty() || kind.contains("BLOB") => "x''",
            () => "0",
        }
        .to_owned(),
    )
}
