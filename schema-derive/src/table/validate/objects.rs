//! What belongs to a table beside its columns: sets, checks, indexes, triggers and their names.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::Ident;

use super::at;
use crate::{
    attribute::Sql,
    errors::Errors,
    table::{expand, ir::Table},
};

pub(super) fn objects(table: &Table, errors: &Errors) {
    if table.name.trim().is_empty() {
        errors.at(&table.ident, "the table's name is empty: write `name = \"books\"`, or leave it away");
    }
    if table.name.to_ascii_lowercase().starts_with("sqlite_") {
        errors.at(
            &table.ident,
            format_args!("`{}` is SQLite's own: a table's name does not begin with `sqlite_`", table.name),
        );
    }
    sets(table, errors);
    checks(table, errors);
    triggers(table, errors);
    let mut indexes = HashSet::new();
    for (span, name) in expand::index_names(table) {
        once(&mut indexes, &name, span, "indexes", "give one of them a `name = \"..\"`", errors);
    }
}

fn once(seen: &mut HashSet<String>, name: &str, span: Span, what: &str, instead: &str, errors: &Errors) {
    if !seen.insert(name.to_ascii_lowercase()) {
        at(span, format_args!("two of the table's {what} are named `{name}`: {instead}"), errors);
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
        once(&mut seen, &name, span, "checks", "give one of them another name", errors);
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

fn triggers(table: &Table, errors: &Errors) {
    let mut seen = HashSet::new();
    for (name, sql) in &table.triggers {
        once(&mut seen, &name.value(), name.span(), "triggers", "give one of them another name", errors);
        for text in sql.texts() {
            let value = text.value();
            let mut words = value.split_whitespace().map(str::to_ascii_uppercase);
            let begins = words.next().is_some_and(|word| word == "CREATE")
                && words.next().is_some_and(|word| ["TRIGGER", "TEMP", "TEMPORARY"].contains(&word.as_str()));
            if !begins {
                at(
                    text.span(),
                    format_args!(
                        "a trigger is written as a whole: `CREATE TRIGGER {} AFTER UPDATE ON {} BEGIN .. END`",
                        name.value(),
                        table.name
                    ),
                    errors,
                );
            }
        }
    }
}
