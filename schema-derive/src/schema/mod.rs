//! `schema! { .. }`.

mod attr;
mod expand;
mod objects;

use proc_macro2::TokenStream;

use crate::errors::Errors;

/// The type of a schema, or errors.
pub(crate) fn expand(input: TokenStream) -> TokenStream {
    let errors = Errors::new();
    let schema = errors.keep(syn::parse2::<attr::Schema>(input));
    if let Some(schema) = &schema {
        schema.validate(&errors);
    }
    let objects = objects::Objects::read(schema.as_ref().map_or(&[][..], |schema| &schema.sql), &errors);
    let is_right = errors.is_empty();
    let errors = errors.report();
    match schema {
        // The type stands beside the errors, so that its uses make none of their own.
        Some(mut schema) => {
            schema.dedup();
            let schema = expand::expand(&schema, &objects, is_right);
            quote::quote!(#errors #schema)
        }
        None => errors,
    }
}
