use schema_core::model::{CheckDef, ColumnDef, Engine, IndexDef, IndexTarget, SqlText, TableDef};

use crate::sql::tokens;

/// Whether a text can mean the name. A word that only looks like it counts too: the planner then
/// takes the longer way, which is always right.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    tokens(text).is_ok_and(|all| all.iter().any(|token| token.names(name)))
}

pub(super) fn sql_mentions(sql: &SqlText, name: &str) -> bool {
    sql.on(Engine::Sqlite).is_some_and(|text| mentions(text, name))
}

pub(super) fn check_mentions(check: &CheckDef, column: &str) -> bool {
    sql_mentions(&check.expression, column)
}

pub(super) fn index_mentions(index: &IndexDef, column: &str) -> bool {
    index.filter.as_ref().is_some_and(|filter| sql_mentions(filter, column))
        || index.parts.iter().any(|part| match &part.target {
            IndexTarget::Column(name) => name.eq_ignore_ascii_case(column),
            IndexTarget::Expression(expression) => sql_mentions(expression, column),
        })
}

/// Whether a generated column is computed from the column.
pub(super) fn generated_mentions(generated: &ColumnDef, column: &str) -> bool {
    generated.generated.as_ref().is_some_and(|generated| sql_mentions(&generated.expression, column))
}

/// Whether the column is part of the primary key.
pub(super) fn in_primary_key(table: &TableDef, column: &str) -> bool {
    let key = table.primary_key.as_ref();
    key.is_some_and(|key| key.columns.iter().any(|part| part.name.eq_ignore_ascii_case(column)))
}

/// Whether the column is part of a UNIQUE constraint.
pub(super) fn in_unique(table: &TableDef, column: &str) -> bool {
    table
        .uniques
        .iter()
        .any(|unique| unique.columns.iter().any(|part| part.name.eq_ignore_ascii_case(column)))
}

/// Whether the column is part of a foreign key.
pub(super) fn in_foreign_key(table: &TableDef, column: &str) -> bool {
    table.foreign_keys.iter().any(|key| key.columns.iter().any(|part| part.eq_ignore_ascii_case(column)))
}
