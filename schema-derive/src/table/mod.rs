//! `#[derive(Table)]`.

mod attr;
mod expand;
mod fallback;
mod ir;
mod validate;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let table = attr::read(input, &errors).and_then(|attributes| ir::table(input, &attributes, &errors));
    if let Some(table) = &table {
        validate::table(table, &errors);
    }
    match table {
        Some(table) if errors.is_empty() => {
            let nothing = errors.report();
            let table = expand::table(&table);
            quote!(#nothing #table)
        }
        _ => {
            let errors = errors.report();
            let fallback = fallback::table(input);
            quote!(#errors #fallback)
        }
    }
}
