use std::borrow::Cow;
use std::ops::Range;

use schema_core::model::{CheckDef, ColumnDef, ForeignKeyDef, SchemaDef, TableDef};

use super::builder::Builder;
use crate::Result;
use crate::diff::{Change, table_changes};
use crate::inspect::sqlite::definition::{Clause, Constraint, TableText};
use crate::inspect::{execute, scratch, sqlite};
use crate::sql::{Token, tokens};

/// The definition of a rebuilt table. What a person has written between the words of the old one is
/// kept: its text is cut and completed, and counts if it then says what the new one says.
pub(super) fn definition<'a>(
    builder: &Builder<'_>,
    old: &'a TableDef,
    new: &'a TableDef,
    changes: &[&Change],
) -> Result<Cow<'a, str>> {
    let new_text = new.sql.as_deref().unwrap_or_default();
    let old_text = old.sql.as_deref().unwrap_or_default();
    if has_comments(new_text)? || !has_comments(old_text)? {
        return Ok(Cow::Borrowed(new_text));
    }
    let edited = match edited(old_text, new_text, changes)? {
        Some(edited) if says_the_same(builder.to, &edited, new)? => edited,
        _ => return Ok(Cow::Borrowed(new_text)),
    };
    Ok(Cow::Owned(edited))
}

fn has_comments(text: &str) -> Result<bool> {
    let mut end = 0;
    for token in tokens(text)? {
        if text[end..token.start].contains(['-', '/']) {
            return Ok(true);
        }
        end = token.end;
    }
    Ok(text[end..].contains(['-', '/']))
}

/// The old text with the changes made in it, where each of them has a place of its own.
fn edited(old_text: &str, new_text: &str, changes: &[&Change]) -> Result<Option<String>> {
    let (old, new) = (TableText::read(old_text)?, TableText::read(new_text)?);
    let mut cuts: Vec<(Range<usize>, String)> = Vec::new();
    let (mut columns, mut constraints) = (Vec::new(), Vec::new());
    for change in changes {
        let made = match change {
            Change::AddColumn { column, .. } => {
                segment(&new, new_text, column).map(|text| columns.push(text))
            }
            Change::DropColumn { column, .. } => {
                old.column(&column.name).map(|found| cuts.push((found.span.clone(), String::new())))
            }
            Change::AlterColumn { to, .. } => old
                .column(&to.name)
                .zip(segment(&new, new_text, to))
                .map(|(found, text)| cuts.push((found.span.clone(), text))),
            Change::AddCheck { check, .. } => {
                let found = new.constraints.iter().find(|item| is_check(item, check));
                found
                    .and_then(|item| new_text.get(item.span.clone()))
                    .map(|text| constraints.push(text.to_owned()))
            }
            Change::AddForeignKey { key, .. } => {
                let found = new.constraints.iter().find(|item| is_foreign_key(item, key));
                found
                    .and_then(|item| new_text.get(item.span.clone()))
                    .map(|text| constraints.push(text.to_owned()))
            }
            Change::DropCheck { check, .. } => {
                let found = every(&old).find(|item| is_check(item, check));
                found.map(|item| cuts.push((item.span.clone(), String::new())))
            }
            Change::DropForeignKey { key, .. } => {
                let found = every(&old).find(|item| is_foreign_key(item, key));
                found.map(|item| cuts.push((item.span.clone(), String::new())))
            }
            Change::AddUnique { .. }
            | Change::DropUnique { .. }
            | Change::ChangePrimaryKey { .. }
            | Change::TableOption { .. } => None,
            _ => Some(()),
        };
        if made.is_none() {
            return Ok(None);
        }
    }
    let last_column = old.columns.last().map_or(0, |column| column.span.end);
    let last = old.constraints.last().map_or(last_column, |constraint| constraint.span.end);
    let appended =
        |items: Vec<String>| items.iter().map(|item| format!(",\n  {item}")).collect::<Vec<_>>().concat();
    cuts.push((last_column..last_column, appended(columns)));
    cuts.push((last..last, appended(constraints)));
    Ok(Some(cut(old_text, cuts)?))
}

/// Makes the cuts, and takes away the comma of an item that is gone whole.
pub(crate) fn cut(text: &str, mut cuts: Vec<(Range<usize>, String)>) -> Result<String> {
    let all = tokens(text)?;
    let mut commas = Vec::new();
    for (range, replacement) in &cuts {
        if !replacement.is_empty() || range.is_empty() {
            continue;
        }
        let after = all.iter().find(|token| token.start >= range.end);
        let before = all.iter().rev().find(|token| token.end <= range.start);
        let is_comma = |token: &&Token<'_>| token.is_symbol(",");
        let ends_item = after.is_none_or(|token| token.is_symbol(",") || token.is_symbol(")"));
        let comma = match before.filter(is_comma).filter(|_| ends_item) {
            Some(comma) => Some(comma),
            None if before.is_some_and(|token| token.is_symbol("(")) => after.filter(is_comma),
            None => None,
        };
        commas.extend(comma.map(|token| (token.start..token.end, String::new())));
    }
    cuts.extend(commas);
    cuts.sort_by_key(|(range, _)| (range.start, range.end));
    let mut edited = String::with_capacity(text.len());
    let mut kept = 0;
    for (range, replacement) in cuts {
        // A column that goes takes the cuts inside it along.
        if range.start >= kept {
            edited.push_str(text.get(kept..range.start).unwrap_or_default());
            kept = range.end;
        }
        edited.push_str(&replacement);
    }
    edited.push_str(text.get(kept..).unwrap_or_default());
    Ok(edited)
}

/// Whether the text builds the table that is wanted.
fn says_the_same(to: &SchemaDef, text: &str, new: &TableDef) -> Result<bool> {
    let connection = scratch()?;
    if execute(&connection, text).is_err() {
        return Ok(false);
    }
    let built = sqlite::schema(&connection)?;
    let Some(table) = built.table(&new.name) else { return Ok(false) };
    // Indexes and triggers are made afterwards.
    let bare = TableDef { indexes: Cow::Borrowed(&[]), triggers: Cow::Borrowed(&[]), ..new.clone() };
    Ok(table.columns.len() == new.columns.len() && table_changes(table, &bare, to, to, true)?.is_empty())
}

fn segment(table: &TableText, text: &str, column: &ColumnDef) -> Option<String> {
    text.get(table.column(&column.name)?.span.clone()).map(str::to_owned)
}

fn every(table: &TableText) -> impl Iterator<Item = &Constraint> {
    table.columns.iter().flat_map(|column| &column.constraints).chain(&table.constraints)
}

fn is_check(constraint: &Constraint, check: &CheckDef) -> bool {
    matches!(&constraint.clause, Clause::Check(expression)
        if check.expression.on(schema_core::model::Engine::Sqlite) == Some(expression)
            && constraint.name.as_deref() == check.name.as_deref())
}

fn is_foreign_key(constraint: &Constraint, key: &ForeignKeyDef) -> bool {
    matches!(&constraint.clause, Clause::ForeignKey(found)
        if found.table == key.table
            && found.references.len() == key.references.len()
            && constraint.name.as_deref() == key.name.as_deref()
            && (found.columns.is_empty() || found.columns.len() == key.columns.len())
            && found.columns.iter().zip(key.columns.iter()).all(|(left, right)| left.eq_ignore_ascii_case(right)))
}
