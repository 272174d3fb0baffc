use proc_macro2::TokenStream;
use quote::format_ident;
use syn::{Data, DeriveInput, Fields};

use super::{attr, expand, ir};
use crate::{errors::Errors, types};

/// What stands in for a table that was refused, so that its own error is not followed by one at each
/// use: the same items, without a definition behind them.
pub(super) fn table(input: &DeriveInput) -> TokenStream {
    if !input.generics.params.is_empty() {
        return TokenStream::new();
    }
    let errors = Errors::new();
    let table = match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => {
            attr::read(input, "table", &errors).and_then(|attributes| ir::table(input, &attributes, &errors))
        }
        _ => None,
    };
    // They were reported with the table itself.
    drop(errors.report());
    let mut table = harmless(table.unwrap_or_else(|| ir::Table::empty(input)), input);
    let has = |table: &ir::Table, name: &syn::Ident| table.columns.iter().any(|column| column.ident == *name);
    let key = std::mem::take(&mut table.key);
    table.key = key.into_iter().filter(|name| has(&table, name)).collect();
    let mut taken: Vec<syn::Ident> = table.columns.iter().map(|column| column.ident.clone()).collect();
    for set in std::mem::take(&mut table.uniques) {
        let names: Vec<String> = set.iter().map(ToString::to_string).collect();
        let name = format_ident!("{}", names.join("_"));
        if set.iter().all(|name| has(&table, name)) && !taken.contains(&name) {
            taken.push(name);
            table.uniques.push(set);
        }
    }
    expand::stub(&table)
}

/// A shape whose columns compile, whatever was wrong with them.
pub(crate) fn harmless(table: ir::Table, input: &DeriveInput) -> ir::Table {
    // A type that no column can have would be an error of its own.
    let mut table = match table
        .columns
        .iter()
        .any(|column| column.json.is_none() && types::replacement(&column.base).is_some())
    {
        true => ir::Table::empty(input),
        false => table,
    };
    // So would a group that may be missing.
    table.groups.retain(|group| types::inside_option(&group.ty).is_none());
    // So would a form of storage that does not fit its type.
    table.columns.iter_mut().for_each(|column| {
        column.stored = None;
        column.check_fn = None;
    });
    table
}
