//! What the attributes of a row mean.

use syn::DeriveInput;

use crate::{
    attribute::{self, Item},
    errors::Errors,
    table::{Column, Table, attr::Attributes, words::unknown},
};

const COLUMN_WORDS: [&str; 3] = ["json", "stored", "skip"];

/// A struct as the columns of a query's result.
pub(super) fn row(input: &DeriveInput, attributes: &Attributes<'_>, errors: &Errors) -> Table {
    let mut row = Table { doc: attribute::doc(&input.attrs), ..Table::empty(input) };
    for item in &attributes.table {
        errors.at(&item.name, "a row has no attributes of its own: they belong to a table or a view");
    }
    for (field, items) in &attributes.fields {
        let (known, others): (Vec<Item>, Vec<Item>) =
            items.iter().cloned().partition(|item| COLUMN_WORDS.iter().any(|word| item.name == word));
        for item in &others {
            unknown(item, &item.name.to_string(), "column", &COLUMN_WORDS, errors);
        }
        match Column::read(field, &known, errors) {
            Some(column) => row.columns.push(column),
            None => row.skipped.push((*field).clone()),
        }
    }
    if row.columns.is_empty() && errors.is_empty() {
        errors.at(&input.ident, "a row has at least one column");
    }
    row
}
