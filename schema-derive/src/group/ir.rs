//! What the attributes of a group mean.

use syn::DeriveInput;

use crate::{
    attribute::{self, Item},
    errors::Errors,
    table::{Column, Table, attr::Attributes, words::unknown},
};

const WORDS: [&str; 17] = [
    "name",
    "renamed_from",
    "default",
    "default_sql",
    "json",
    "stored",
    "sql_type",
    "collate",
    "created_at",
    "updated_at",
    "soft_delete",
    "version",
    "unchecked",
    "check_fn",
    "backfill",
    "convert",
    "skip",
];

/// A struct as columns of several tables.
pub(super) fn group(input: &DeriveInput, attributes: &Attributes<'_>, errors: &Errors) -> Table {
    let mut group = Table { doc: attribute::doc(&input.attrs), ..Table::empty(input) };
    for item in &attributes.table {
        errors.at(&item.name, "a group has no attributes of its own: they belong to the table");
    }
    for (field, items) in &attributes.fields {
        if let Some(flatten) = items.iter().find(|item| item.name == "flatten") {
            errors.at(flatten, "a group has columns, and no group in it: flatten both in the table's struct");
            group.skipped.push((*field).clone());
            continue;
        }
        let (known, others): (Vec<Item>, Vec<Item>) =
            items.iter().cloned().partition(|item| WORDS.iter().any(|word| item.name == word));
        for item in &others {
            of_a_table(item, errors);
        }
        match Column::read(field, &known, errors) {
            Some(column) => group.columns.push(column),
            None => group.skipped.push((*field).clone()),
        }
    }
    group
}

/// A word that a group's column does not take.
fn of_a_table(item: &Item, errors: &Errors) {
    let word = item.name.to_string();
    let said = match word.as_str() {
        "primary_key" | "autoincrement" => "the key belongs to one table: write it in the table's struct",
        "unique" => {
            "write `#[table(index(unique, name = \"..\", expr = \"column\"))]` on the tables that have it"
        }
        "index" => "write `#[table(index(name = \"..\", expr = \"column\"))]` on the tables that have it",
        "check" => "write `#[table(check(name = \"..\"))]` on the tables, or `check_fn` here",
        "references" | "on_delete" | "on_update" | "deferrable" | "inverse" => {
            "a relation belongs to one table: write the field in the table's struct"
        }
        "generated" | "virtual" => {
            "SQL names the columns of one table: write the field in the table's struct"
        }
        _ => return unknown(item, &word, "column", &WORDS, errors),
    };
    errors.at(&item.name, format_args!("`{word}` in a group of columns: {said}"));
}
