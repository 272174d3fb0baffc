//! The type of a schema and what it has.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::attr::{Owner, Schema};

pub(super) fn expand(schema: &Schema) -> TokenStream {
    let Schema { attributes, owner, vis, ident, tables, .. } = schema;
    let (name, doc) = (ident.to_string(), crate::attribute::doc(attributes));
    let undocumented = format!("The schema `{ident}`.");
    let written = if doc.is_empty() { quote!(#[doc = #undocumented]) } else { TokenStream::new() };
    let owned = match owner {
        Owner::Application => quote!(Application),
        Owner::External => quote!(External),
        Owner::ExternalWritable => quote!(ExternalWritable),
    };
    let writable = (*owner != Owner::External).then(|| {
        quote! {
            #[automatically_derived]

            impl ::schema_core::Writable for #ident {}
        }
    });
    let defs = tables.iter().map(|table| {
        quote_spanned!(table.span()=> ::std::borrow::Cow::Borrowed(<#table as ::schema_core::Table>::DEF))
    });
    quote! {
        #(#attributes)*
        #written
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis enum #ident {}

        const _: () = {
                        #[automatically_derived]

            impl ::schema_core::Schema for #ident {
                const DEF: &'static ::schema_core::model::SchemaDef = &::schema_core::model::SchemaDef {
                    name: ::std::borrow::Cow::Borrowed(#name),
                    doc: ::std::borrow::Cow::Borrowed(#doc),
                    owner: ::schema_core::model::SchemaOwner::#owned,
                    tables: ::std::borrow::Cow::Borrowed(&[#(#defs),*]),
                    ..::schema_core::model::SchemaDef::EMPTY
                };
            }
            #writable
            #(
                #[automatically_derived]

                impl ::schema_core::Has<#tables> for #ident {}
            )*
        };
    }
}
