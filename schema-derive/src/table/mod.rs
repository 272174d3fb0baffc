//! `#[derive(Table)]`.

pub(crate) mod attr;
pub(crate) mod expand;
mod fallback;
mod ir;
pub(crate) mod validate;

pub(crate) use expand::Body;
pub(crate) use fallback::harmless;
pub(crate) use ir::{Column, Table, Trigger, words};

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::errors::Errors;

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let table =
        attr::read(input, "table", &errors).and_then(|attributes| ir::table(input, &attributes, &errors));
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
