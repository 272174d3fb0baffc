//! What belongs to a table beside its columns: sets, checks, indexes, triggers and their names.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::{Ident, LitStr};

use super::at;
use crate::{
    attribute::Sql,
    errors::Errors,
    statement,
    table::{expand, ir::Table},
};

/// The name of a `table` or a `view`.
pub(super) fn name(table: &Table, what: &str, errors: &Errors) {
    if table.name.trim().is_empty() && table.definition.is_none() {
        errors.at(
            &table.ident,
            format_args!("the {what}'s name is empty: write `name = \"books\"`, or leave it away"),
        );
    }
    if table.name.to_ascii_lowercase().starts_with("sqlite_") {
        errors.at(
            &table.ident,
            format_args!("`{}` is SQLite's own: a {what}'s name does not begin with `sqlite_`", table.name),
        );
    }
}

pub(super) fn objects(table: &Table, errors: &Errors) {
    name(table, "table", errors);
    sets(table, errors);
    checks(table, errors);
    triggers(table, "table", errors);
    full_text(table, errors);
    for (text, name, on) in table.indexes.iter().filter_map(|index| index.whole.as_ref()) {
        stands_on(table, "table", text, name, on, errors);
    }
    let mut indexes = HashSet::new();
    for (span, name) in expand::index_names(table) {
        once(&mut indexes, &name, span, "table", "indexes", "give one of them a `name = \"..\"`", errors);
    }
}

fn once(
    seen: &mut HashSet<String>,
    name: &str,
    span: Span,
    owner: &str,
    what: &str,
    instead: &str,
    errors: &Errors,
) {
    if !seen.insert(name.to_ascii_lowercase()) {
        at(span, format_args!("two of the {owner}'s {what} are named `{name}`: {instead}"), errors);
    }
}

/// A set is a field of the columns struct: `author_id_title`.
fn sets(table: &Table, errors: &Errors) {
    for (position, set) in table.uniques.iter().enumerate() {
        let Some(first) = set.first() else { continue };
        let sorted = |set: &[Ident]| {
            let mut names: Vec<String> = set.iter().map(ToString::to_string).collect();
            names.sort();
            names
        };
        if table.uniques[..position].iter().any(|earlier| sorted(earlier) == sorted(set)) {
            errors.at(first, "these columns are unique together already: remove one of the two sets");
        }
        if set.len() == 1 {
            errors.at(
                first,
                format_args!("a set has several columns: write `#[column(unique)]` on the field `{first}`"),
            );
        }
        let name = set.iter().map(ToString::to_string).collect::<Vec<_>>().join("_");
        if let Some(column) = table.columns.iter().find(|column| column.ident == name) {
            errors.at(
                &column.ident,
                format_args!(
                    "`{name}` is also the name of a unique set among the table's columns: give this field another name, and `#[column(name = \"{name}\")]`"
                ),
            );
        }
    }
}

fn checks(table: &Table, errors: &Errors) {
    let mut seen = HashSet::new();
    let columns = table.columns.iter().filter_map(|column| {
        Some((format!("{}_{}_check", table.name, column.name), column.ident.span(), column.check.as_ref()?))
    });
    let named = table.checks.iter().map(|(name, sql)| (name.to_string(), name.span(), sql));
    for (name, span, sql) in columns.chain(named) {
        once(&mut seen, &name, span, "table", "checks", "give one of them another name", errors);
        not_empty(sql, "a check", "pages > 0", errors);
    }
}

/// SQL that a person wrote says something.
pub(super) fn not_empty(sql: &Sql, what: &str, example: &str, errors: &Errors) {
    for text in sql.texts() {
        if text.value().trim().is_empty() {
            errors.at(text, format_args!("{what} is no empty text: write SQL, such as \"{example}\""));
        }
    }
}

pub(super) fn triggers(table: &Table, what: &str, errors: &Errors) {
    let mut seen = HashSet::new();
    for trigger in &table.triggers {
        once(
            &mut seen,
            &trigger.name,
            trigger.span,
            what,
            "triggers",
            "give one of them another name",
            errors,
        );
        for text in trigger.sql.texts() {
            if let Some(on) = statement::created(&text.value()).and_then(|created| created.on) {
                stands_on(table, what, text, &trigger.name, &on, errors);
            }
        }
    }
}

/// An index or a trigger that is written as a whole is on the table that it is declared with.
fn stands_on(table: &Table, what: &str, text: &LitStr, name: &str, on: &str, errors: &Errors) {
    if !on.eq_ignore_ascii_case(&table.name) {
        errors.at(
            text,
            format_args!("`{name}` is on `{on}`, and this is {what} `{}`: declare it there", table.name),
        );
    }
}

fn full_text(table: &Table, errors: &Errors) {
    let Some(index) = &table.full_text else { return };
    if table.without_rowid.is_some() {
        at(
            index.span,
            "a full-text index finds its rows by their rowid, and a table without rowid has none: remove `without_rowid` or `fts`",
            errors,
        );
    } else if table.key.is_empty() {
        at(
            index.span,
            "a full-text index finds its rows by their rowid, which VACUUM may change where a table has no key: mark a field `#[column(primary_key)]`",
            errors,
        );
    }
    let taken = |name: &str| table.columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    if !table
        .key
        .iter()
        .any(|key| table.columns.iter().any(|column| column.ident == *key && column.is_rowid()))
        && ["rowid", "_rowid_", "oid"].into_iter().all(taken)
    {
        at(
            index.span,
            "a full-text index finds its rows by their rowid, and columns take all of its three names, `rowid`, `_rowid_` and `oid`: give one of them another name",
            errors,
        );
    }
    for (position, name) in index.columns.iter().enumerate() {
        if index.columns[..position].contains(name) {
            errors.at(name, format_args!("`{name}` stands twice in one index: remove one of them"));
        }
        if let Some(column) = table.columns.iter().find(|column| column.ident == *name)
            && ["rank", "rowid"].iter().any(|word| column.name.eq_ignore_ascii_case(word))
        {
            errors.at(
                name,
                format_args!("a full-text index has a `{0}` of its own, so that no column named `{0}` is in it: give the column another name", column.name),
            );
        }
    }
    if index.name.as_ref().is_some_and(|name| name.value().eq_ignore_ascii_case(&table.name)) {
        errors.at(&index.name, "this is the table's own name: give the full-text index another");
    }
}
