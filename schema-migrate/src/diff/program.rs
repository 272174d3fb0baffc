use schema_core::model::{Engine, SchemaDef, SqlText};

use crate::sql::{Fold, Token, TokenKind, fold, tokens};

/// Whether two views or triggers say the same. A text that cannot be read stands for itself.
pub(super) fn same(left: &SqlText, right: &SqlText, from: &SchemaDef, to: &SchemaDef) -> bool {
    let left = left.on(Engine::Sqlite).unwrap_or_default();
    let right = right.on(Engine::Sqlite).unwrap_or_default();
    if left == right {
        return true;
    }
    match (fold(left, Fold::default()), fold(right, Fold::default())) {
        (Ok(one), Ok(other)) => one == other && !other_text(left, right, &[from, to]),
        _ => false,
    }
}

/// Whether the two differ in the case of a word in double quotes that is text: SQLite reads `"Active"`
/// so where nothing has the name.
fn other_text(left: &str, right: &str, schemas: &[&SchemaDef]) -> bool {
    let (Ok(left), Ok(right)) = (tokens(left), tokens(right)) else { return false };
    let in_double_quotes = |token: &Token<'_>| token.kind == TokenKind::Quoted && token.text.starts_with('"');
    left.iter().zip(&right).enumerate().any(|(position, (one, other))| {
        in_double_quotes(one)
            && in_double_quotes(other)
            && one.text != other.text
            && !is_name(&left, position)
            && !schemas.iter().any(|schema| knows(schema, &one.name()))
    })
}

/// Whether a word stands where only a name can, or is one elsewhere in the text.
fn is_name(all: &[Token<'_>], position: usize) -> bool {
    let beside = |offset: Option<usize>, symbol: &str| {
        offset.and_then(|offset| all.get(offset)).is_some_and(|token| token.is_symbol(symbol))
    };
    let word = all[position].name();
    let names_it = |at: usize| {
        let before = at.checked_sub(1).map(|before| all[before]);
        let behind_keyword = before.is_some_and(|token| {
            ["AS", "COLLATE", "VIEW", "TRIGGER", "ON", "FROM", "JOIN", "INTO"]
                .iter()
                .any(|word| token.is(word))
        });
        all[at].kind == TokenKind::Word || behind_keyword
    };
    beside(position.checked_sub(1), ".")
        || beside(Some(position + 1), ".")
        || beside(Some(position + 1), "(")
        || (0..all.len()).any(|at| all[at].names(&word) && all[at].kind != TokenKind::Text && names_it(at))
}

fn knows(schema: &SchemaDef, name: &str) -> bool {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    schema.tables.iter().any(|table| is(&table.name) || table.column(name).is_some())
        || schema.views.iter().any(|view| is(&view.name))
        || schema.virtual_tables.iter().any(|table| {
            is(&table.name) || crate::sql::words(&table.sql).contains(&name.to_ascii_lowercase())
        })
}
