use schema_core::model::TableDef;

use crate::sql::tokens;

/// The columns of the table that a text names. A word that only looks like one counts too.
pub(super) fn mentioned<'t>(table: &'t TableDef, text: &str) -> Vec<&'t str> {
    let all = tokens(text).unwrap_or_default();
    let names = table.columns.iter().map(|column| column.name.as_ref());
    names.filter(|name| all.iter().any(|token| token.names(name))).collect()
}
