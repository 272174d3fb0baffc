use schema_core::model::{Engine, SchemaDef, SqlText};
use schema_core::rusqlite::Connection;

use super::change::Change;
use crate::inspect::{Neighbourhood, replay};
use crate::sql::{Fold, Token, TokenKind, fold, tokens, words};

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

/// Takes out the changes of views and triggers in which nothing but the quotes around a text differs:
/// SQLite writes `'Active'` for the text `"Active"` wherever a column is renamed or dropped. What is a
/// text and what a name, SQLite itself says.
pub(super) fn leave_out_quotes(changes: &mut Vec<Change>, from: &SchemaDef, to: &SchemaDef) {
    let pairs: Vec<[&str; 2]> = changes
        .iter()
        .filter_map(texts)
        .filter(|(_, [old, new])| alike(old, new))
        .map(|(_, pair)| pair)
        .collect();
    if pairs.is_empty() {
        return;
    }
    let read = |schema: &SchemaDef, side: usize| {
        let names: Vec<String> = pairs.iter().flat_map(|pair| words(pair[side])).collect();
        replay(&Neighbourhood::of(schema, names.iter().map(String::as_str)).schema)
    };
    // What SQLite cannot build stays as it is.
    let (Ok(before), Ok(after)) = (read(from, 0), read(to, 1)) else { return };
    changes.retain(|change| {
        let Some((name, [old, new])) = texts(change) else { return true };
        let read = alike(old, new).then(|| Some((stored(&before, name)?, stored(&after, name)?))).flatten();
        !read.is_some_and(|(old, new)| same(&SqlText::owned(old), &SqlText::owned(new), from, to))
    });
}

/// The name of the view or trigger that a change is about, and its two texts.
fn texts(change: &Change) -> Option<(&str, [&str; 2])> {
    let (name, from, to) = match change {
        Change::ChangeView { from, to } => (&to.name, &from.sql, &to.sql),
        Change::ChangeTrigger { from, to, .. } => (&to.name, &from.sql, &to.sql),
        _ => return None,
    };
    Some((name, [from.on(Engine::Sqlite)?, to.on(Engine::Sqlite)?]))
}

/// Whether two texts could differ in quotes alone.
fn alike(left: &str, right: &str) -> bool {
    let (Ok(left), Ok(right)) = (tokens(left), tokens(right)) else { return false };
    let is_text = |token: &Token<'_>| token.kind == TokenKind::Text;
    left.len() == right.len()
        && left.iter().zip(&right).any(|(one, other)| is_text(one) != is_text(other))
        && left.iter().zip(&right).all(|(one, other)| one.name().eq_ignore_ascii_case(&other.name()))
}

/// The text of a view or trigger as a scratch database has it, on which [`replay`] has renamed a column.
fn stored(connection: &Connection, name: &str) -> Option<String> {
    let sql = "SELECT sql FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE AND type IN ('view', 'trigger')";
    connection.query_row(sql, [name], |row| row.get(0)).ok()
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
