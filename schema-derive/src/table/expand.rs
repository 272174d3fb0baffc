//! The code of a table. Logic lives in `schema-core`; what is written here is data and straight lines.

pub(crate) mod assertions;
mod cells;
pub(crate) mod columns;
pub(crate) mod definition;
mod full_text;
mod groups;
pub(crate) mod new_row;
pub(crate) mod record;
mod relations;
pub(crate) mod repository;
pub(crate) mod update;

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::Ident;

use super::ir::{Column, Table};

/// The names of what is generated.
pub(crate) struct Names {
    pub(crate) model: Ident,
    pub(crate) columns: Ident,
    pub(crate) new: Ident,
    pub(crate) update: Ident,
    pub(crate) repository: Ident,
}

impl Names {
    pub(crate) fn of(model: &Ident) -> Self {
        Self {
            model: model.clone(),
            columns: format_ident!("{model}Columns"),
            new: format_ident!("New{model}"),
            update: format_ident!("{model}Update"),
            repository: format_ident!("{model}Repository"),
        }
    }
}

pub(super) fn table(table: &Table) -> TokenStream {
    items(table, Body::Whole)
}

/// The items of a table that was refused: their names and types, and nothing that runs.
pub(super) fn stub(table: &Table) -> TokenStream {
    items(table, Body::Stub)
}

/// The names of the table's indexes, with the places that they come from.
pub(super) fn index_names(table: &Table) -> Vec<(Span, String)> {
    definition::index_names(table)
}

/// Whether there is a table behind the items.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Body {
    Whole,
    Stub,
}

fn items(table: &Table, body: Body) -> TokenStream {
    let names = Names::of(&table.ident);
    let structs = [
        columns::structure(table, &names),
        new_row::structure(table, &names),
        update::structure(table, &names),
        repository::structure(table, &names),
        if body == Body::Whole { relations::traits(table, &names) } else { TokenStream::new() },
    ];
    let impls = [
        groups::positions(table),
        columns::impls(table, &names),
        full_text::methods(table, &names),
        if body == Body::Whole { relations::methods(table, &names) } else { TokenStream::new() },
        record::impls(table, &names, body),
        assertions::named(table),
        if body == Body::Whole { assertions::assertions(table) } else { TokenStream::new() },
        if body == Body::Whole { groups::assertions(table) } else { TokenStream::new() },
        new_row::impls(table, &names, body),
        update::impls(table, &names),
        repository::impls(table, &names),
    ];
    quote! {
        #(#structs)*
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, unused_qualifications)]
        const _: () = { #(#impls)* };
    }
}

impl Table {
    /// Whether a new row must name the column.
    pub(crate) fn is_required(&self, column: &Column) -> bool {
        column.generated.is_none()
            && column.role.is_none()
            && !column.nullable
            && !self.is_given_rowid(column)
            && column.default.is_none()
    }

    /// Whether the column is the rowid.
    fn is_rowid_key(&self, column: &Column) -> bool {
        matches!(&self.key[..], [key] if *key == column.ident)
            && self.without_rowid.is_none()
            && column.is_rowid()
    }

    fn has_checks(&self) -> bool {
        !self.groups.is_empty() || self.columns.iter().any(|column| column.check_fn.is_some())
    }

    /// Whether the column is a rowid that the database gives: a key that is another table's row is no number for it to
    /// choose.
    fn is_given_rowid(&self, column: &Column) -> bool {
        self.is_rowid_key(column)
            && (column.default.is_some()
                || column.autoincrement.is_some()
                || !definition::foreign_keys(self).any(|key| key.columns.contains(&column.ident)))
    }

    fn is_key(&self, column: &Column) -> bool {
        self.key.contains(&column.ident)
    }

    /// Whether a patch can change the column.
    pub(crate) fn is_patched(&self, column: &Column) -> bool {
        column.generated.is_none() && column.role.is_none() && !self.is_key(column)
    }

    /// Sets of columns that are unique together, the key included where it has several.
    fn sets(&self) -> impl Iterator<Item = &Vec<Ident>> {
        let key = (self.key.len() > 1).then_some(&self.key);
        let mut seen: Vec<&Vec<Ident>> = Vec::new();
        for set in self.uniques.iter().filter(|set| set.len() > 1).chain(key) {
            if !seen.contains(&set) {
                seen.push(set);
            }
        }
        seen.into_iter()
    }

    fn position(&self, name: &Ident) -> usize {
        self.columns.iter().position(|column| column.ident == *name).unwrap_or_default()
    }

    fn column(&self, name: &Ident) -> Option<&Column> {
        self.columns.iter().find(|column| column.ident == *name)
    }
}
