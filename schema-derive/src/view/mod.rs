//! `#[derive(View)]`.

mod expand;
mod fallback;
mod ir;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::{
    errors::Errors,
    table::{Body, attr, validate},
};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let view =
        attr::read(input, "view", &errors).and_then(|attributes| ir::view(input, &attributes, &errors));
    if let Some(view) = &view {
        validate::view(&view.shape, &errors);
    }
    match view {
        Some(view) if errors.is_empty() => {
            let nothing = errors.report();
            let view = expand::view(&view, Body::Whole);
            quote!(#nothing #view)
        }
        _ => {
            let errors = errors.report();
            let fallback = fallback::view(input);
            quote!(#errors #fallback)
        }
    }
}
