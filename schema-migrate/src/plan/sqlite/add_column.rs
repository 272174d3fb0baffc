use schema_core::dialect::quote_identifier;
use schema_core::model::{CheckDef, ColumnDef, Engine, ForeignKeyDef, TableDef};

use crate::Result;
use crate::inspect::sqlite::definition::{Clause, TableText};
use crate::sql::strip_qualifier;

/// Constraints of the table that a new column brings with it.
#[derive(Debug, Default)]
pub(super) struct Attached<'a> {
    pub(super) checks: Vec<&'a CheckDef>,
    pub(super) foreign_keys: Vec<&'a ForeignKeyDef>,
}

/// `ALTER TABLE .. ADD COLUMN`, with the column's own text and that of the constraints it brings.
/// None where the text does not hold what it should.
pub(super) fn add(
    table: &TableDef,
    column: &ColumnDef,
    attached: &Attached<'_>,
    quoted_table: &str,
) -> Result<Option<String>> {
    let sql = table.sql.as_deref().unwrap_or_default();
    let text = TableText::read(sql)?;
    let Some(own) = text.column(&column.name) else { return Ok(None) };
    let Some(definition) = sql.get(own.span.clone()) else { return Ok(None) };
    // UNIQUE never passes ADD COLUMN; it comes as an index.
    let mut kept = String::new();
    let mut from = own.span.start;
    for constraint in &own.constraints {
        if matches!(constraint.clause, Clause::Unique { .. }) {
            kept.push_str(sql.get(from..constraint.span.start).unwrap_or_default().trim_end());
            from = constraint.span.end;
        }
    }
    if from == own.span.start {
        kept.push_str(definition);
    } else {
        kept.push_str(sql.get(from..own.span.end).unwrap_or_default());
    }
    for key in &attached.foreign_keys {
        // It stands on the column already; another one may stand on the table beside it.
        let is_own = own.constraints.iter().any(|constraint| {
            matches!(&constraint.clause, Clause::ForeignKey(found)
                if found.table == key.table
                    && found.references.iter().map(String::as_str).eq(key.references.iter().map(AsRef::as_ref)))
        });
        if is_own {
            continue;
        }
        let Some(references) = references(sql, &text, key) else { return Ok(None) };
        let name = key.name.as_deref().map(|name| format!("CONSTRAINT {} ", quote_identifier(name)));
        kept = format!("{kept} {}{references}", name.unwrap_or_default());
    }
    for check in &attached.checks {
        if check.column.as_deref().is_some_and(|written_on| written_on.eq_ignore_ascii_case(&column.name)) {
            continue;
        }
        let expression = check.expression.on(Engine::Sqlite).unwrap_or_default();
        let expression = strip_qualifier(expression, &table.name)?;
        let name = check.name.as_deref().map(|name| format!("CONSTRAINT {} ", quote_identifier(name)));
        kept = format!("{kept} {}CHECK ({expression})", name.unwrap_or_default());
    }
    Ok(Some(format!("ALTER TABLE {quoted_table} ADD COLUMN {kept}")))
}

/// The text of a table's foreign key from REFERENCES on.
fn references<'s>(sql: &'s str, text: &TableText, wanted: &ForeignKeyDef) -> Option<&'s str> {
    text.constraints.iter().find_map(|constraint| match &constraint.clause {
        Clause::ForeignKey(key)
            if key.columns.len() == wanted.columns.len()
                && key
                    .columns
                    .iter()
                    .zip(wanted.columns.iter())
                    .all(|(left, right)| left.eq_ignore_ascii_case(right))
                && key.table == wanted.table =>
        {
            sql.get(key.references_at..constraint.span.end)
        }
        _ => None,
    })
}
