use schema_core::dialect::quote_text;
use schema_core::model::{ColumnDef, DefaultDef, Engine, GeneratedDef, TableDef};

use super::change::{Change, ColumnAspect};
use super::default;
use super::table::{Context, same_sql};
use crate::Result;

/// In what two columns of one identity differ.
pub(super) fn aspects(
    from: &ColumnDef,
    to: &ColumnDef,
    from_table: &Context<'_>,
    to_table: &Context<'_>,
) -> Result<Vec<ColumnAspect>> {
    let mut found = Vec::new();
    if !same_type(&from.sql_type, &to.sql_type) {
        found.push(ColumnAspect::Type);
    }
    if from.nullable != to.nullable {
        found.push(ColumnAspect::Nullability);
    }
    if from.not_null_conflict != to.not_null_conflict && !to.nullable && !from.nullable {
        found.push(ColumnAspect::Conflict);
    }
    if !default::same(from, to, from_table, to_table)? {
        found.push(ColumnAspect::Default);
    }
    if !same_collation(from.collation.as_deref(), to.collation.as_deref()) {
        found.push(ColumnAspect::Collation);
    }
    if !same_generated(from.generated.as_ref(), to.generated.as_ref(), from_table, to_table)? {
        found.push(ColumnAspect::Generated);
    }
    Ok(found)
}

/// The columns that are new, gone or another.
pub(super) fn changes(from: &TableDef, to: &TableDef) -> Result<Vec<Change>> {
    let (from_context, to_context) = (Context::of(from), Context::of(to));
    let mut found = Vec::new();
    for column in from.columns.iter().filter(|column| to.column(&column.name).is_none()) {
        found.push(Change::DropColumn { table: to.name.to_string(), column: Box::new(column.clone()) });
    }
    for column in to.columns.iter() {
        let table = to.name.to_string();
        let Some(old) = from.column(&column.name) else {
            found.push(Change::AddColumn { table, column: Box::new(column.clone()) });
            continue;
        };
        let aspects = aspects(old, column, &from_context, &to_context)?;
        if !aspects.is_empty() {
            let (from, to) = (Box::new(old.clone()), Box::new(column.clone()));
            found.push(Change::AlterColumn { table, from, to, aspects });
        }
    }
    Ok(found)
}

/// A column as a person reads it in a list: `TEXT NOT NULL DEFAULT 'draft'`.
pub(super) fn describe(column: &ColumnDef) -> String {
    let mut words = vec![column.sql_type.to_string()];
    if !column.nullable {
        words.push("NOT NULL".to_owned());
    }
    if column.default != DefaultDef::None {
        words.push(format!("DEFAULT {}", describe_default(&column.default)));
    }
    if column.generated.is_some() {
        words.push("GENERATED".to_owned());
    }
    words.join(" ").trim_start().to_owned()
}

pub(super) fn describe_default(default: &DefaultDef) -> String {
    match default {
        DefaultDef::None | DefaultDef::UuidV7 => "NULL".to_owned(),
        DefaultDef::Integer(value) => value.to_string(),
        DefaultDef::Real(value) => format!("{value:?}"),
        DefaultDef::Text(value) => quote_text(value),
        DefaultDef::Boolean(value) => i32::from(*value).to_string(),
        DefaultDef::Sql(sql) => sql.on(Engine::Sqlite).unwrap_or_default().to_owned(),
        DefaultDef::Now => "now".to_owned(),
    }
}

/// Types are compared word by word: `VARCHAR( 20 )` is `varchar(20)`.
fn same_type(left: &str, right: &str) -> bool {
    let plain = |text: &str| -> String {
        let words: Vec<&str> = text.split_whitespace().collect();
        words
            .join(" ")
            .replace(" (", "(")
            .replace("( ", "(")
            .replace(" )", ")")
            .replace(", ", ",")
            .to_ascii_uppercase()
    };
    left == right || plain(left) == plain(right)
}

/// Whether two parts of a key have the same collating sequence of their own; none means the column's.
pub(super) fn same_own_collation(left: Option<&str>, right: Option<&str>) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left.eq_ignore_ascii_case(right),
        (left, right) => left == right,
    }
}

fn same_collation(left: Option<&str>, right: Option<&str>) -> bool {
    left.unwrap_or("BINARY").eq_ignore_ascii_case(right.unwrap_or("BINARY"))
}

fn same_generated(
    left: Option<&GeneratedDef>,
    right: Option<&GeneratedDef>,
    from_table: &Context<'_>,
    to_table: &Context<'_>,
) -> Result<bool> {
    Ok(match (left, right) {
        (None, None) => true,
        (Some(left), Some(right)) => {
            left.storage == right.storage
                && same_sql(&left.expression, &right.expression, from_table, to_table)?
        }
        _ => false,
    })
}
