//! `#[derive(Row)]`.

mod expand;
mod ir;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

use crate::{
    errors::Errors,
    table::{Body, Table, attr, harmless},
};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let row = attr::read(input, "row", &errors).map(|attributes| ir::row(input, &attributes, &errors));
    match row {
        Some(row) if errors.is_empty() => {
            let nothing = errors.report();
            let row = expand::row(&row, Body::Whole);
            quote!(#nothing #row)
        }
        row => {
            let errors = errors.report();
            let fallback = fallback(input, row);
            quote!(#errors #fallback)
        }
    }
}

/// What stands in for a struct that was refused, so that its own error is not followed by one at each use.
fn fallback(input: &DeriveInput, row: Option<Table>) -> TokenStream {
    let is_named = matches!(&input.data, Data::Struct(data) if matches!(data.fields, Fields::Named(_)));
    if !input.generics.params.is_empty() || !is_named {
        return TokenStream::new();
    }
    expand::row(&harmless(row.unwrap_or_else(|| Table::empty(input)), input), Body::Stub)
}
