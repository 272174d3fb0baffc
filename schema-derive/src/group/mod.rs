//! `#[derive(ColumnGroup)]`.

mod expand;
mod ir;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

use crate::{
    errors::Errors,
    table::{Body, Table, attr, harmless, validate},
};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let group = attr::read(input, "group", &errors).map(|attributes| ir::group(input, &attributes, &errors));
    if let Some(group) = &group {
        validate::group(group, &errors);
    }
    match group {
        Some(group) if errors.is_empty() => {
            let nothing = errors.report();
            let group = expand::group(&group, Body::Whole);
            quote!(#nothing #group)
        }
        group => {
            let errors = errors.report();
            let fallback = fallback(input, group);
            quote!(#errors #fallback)
        }
    }
}

/// What stands in for a struct that was refused, so that its own error is not followed by one at each use.
fn fallback(input: &DeriveInput, group: Option<Table>) -> TokenStream {
    let is_named = matches!(&input.data, Data::Struct(data) if matches!(data.fields, Fields::Named(_)));
    if !input.generics.params.is_empty() || !is_named {
        return TokenStream::new();
    }
    expand::group(&harmless(group.unwrap_or_else(|| Table::empty(input)), input), Body::Stub)
}
