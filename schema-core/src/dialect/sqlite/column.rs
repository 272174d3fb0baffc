use super::constraint;
use crate::dialect::{quote_identifier, quote_text};
use crate::model::{ColumnDef, DefaultDef, Engine, GeneratedStorage, TableDef};

/// The instant of a statement in the one text form that the framework writes: six digits of a
/// second, of which SQLite knows three.
const NOW: &str = "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '000')";

/// One column of a `CREATE TABLE`.
pub(super) fn definition(table: &TableDef, column: &ColumnDef) -> String {
    let mut words = vec![quote_identifier(&column.name)];
    if !column.sql_type.is_empty() {
        words.push(column.sql_type.to_string());
    }
    if let Some(generated) = &column.generated
        && let Some(expression) = generated.expression.on(Engine::Sqlite)
    {
        let storage = match generated.storage {
            GeneratedStorage::Virtual => "VIRTUAL",
            GeneratedStorage::Stored => "STORED",
        };
        words.push(format!("GENERATED ALWAYS AS ({expression}) {storage}"));
    }
    if !column.nullable {
        words.extend(
            column.not_null_name.as_deref().map(|name| format!("CONSTRAINT {}", quote_identifier(name))),
        );
        words.push(format!("NOT NULL{}", constraint::conflict(column.not_null_conflict)));
    }
    words.extend(constraint::inline_primary_key(table, column));
    words.extend(default(column).map(|value| format!("DEFAULT {value}")));
    words.extend(column.collation.as_deref().map(|name| format!("COLLATE {}", collation_name(name))));
    words.join(" ")
}

/// A collating sequence's name: bare where it is a plain word, since `COLLATE NOCASE` is how it is
/// read everywhere.
pub(super) fn collation_name(name: &str) -> String {
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    if plain { name.to_ascii_uppercase() } else { quote_identifier(name) }
}

fn default(column: &ColumnDef) -> Option<String> {
    Some(match &column.default {
        DefaultDef::Integer(value) => value.to_string(),
        DefaultDef::Real(value) => real(*value),
        DefaultDef::Text(value) => quote_text(value),
        DefaultDef::Boolean(value) => i32::from(*value).to_string(),
        DefaultDef::Sql(expression) => format!("({})", expression.on(Engine::Sqlite)?),
        // Seconds or milliseconds: the type does not say, so only the repository can fill it in.
        DefaultDef::Now if !column.sql_type.eq_ignore_ascii_case("TEXT") => return None,
        DefaultDef::Now => NOW.to_owned(),
        DefaultDef::None | DefaultDef::UuidV7 => return None,
    })
}

fn real(value: f64) -> String {
    if value.is_nan() {
        return "NULL".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "9e999" } else { "-9e999" }.to_owned();
    }
    format!("{value:?}")
}
