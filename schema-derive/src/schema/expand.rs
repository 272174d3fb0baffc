//! The type of a schema and what it has.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{
    attr::{Owner, Schema},
    objects::Objects,
};

pub(super) fn expand(schema: &Schema, objects: &Objects, is_right: bool) -> TokenStream {
    let Schema { attributes, owner, vis, ident, tables, views, .. } = schema;
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
            impl ::schema_core::private::Written for #ident {}
        }
    });
    let defs = tables.iter().map(|table| {
        quote_spanned!(table.span()=> ::std::borrow::Cow::Borrowed(<#table as ::schema_core::ListedTable>::TABLE))
    });
    let declared = views.iter().map(|view| {
        quote_spanned!(view.span()=> ::std::borrow::Cow::Borrowed(<#view as ::schema_core::View>::DEF))
    });
    let view_defs: Vec<TokenStream> = declared.chain(objects.view_defs()).collect();
    let views_field =
        (!view_defs.is_empty()).then(|| quote!(views: ::std::borrow::Cow::Borrowed(&[#(#view_defs),*]),));
    let virtual_tables: Vec<TokenStream> = objects.virtual_table_defs().collect();
    let virtual_tables = (!virtual_tables.is_empty())
        .then(|| quote!(virtual_tables: ::std::borrow::Cow::Borrowed(&[#(#virtual_tables),*]),));
    // A constant of its own: the schema's is not evaluated where nobody uses it.
    let every_column = (*owner == Owner::Application).then(|| {
        let message = format!(
            "a table of `{ident}` has a column with `optional`, and every database of a schema of our own has every \
             column: take `optional` away, or declare the schema as `external`"
        );
        quote_spanned! {ident.span()=>
            const _: () = ::core::assert!(
                ::schema_core::private::has_every_column(<#ident as ::schema_core::Schema>::DEF), #message
            );
        }
    });
    let clashes = if is_right { clashes(schema, objects) } else { TokenStream::new() };
    quote! {
        #(#attributes)*
        #written
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis enum #ident {}

        #[allow(clippy::all, clippy::pedantic, clippy::nursery, unused_qualifications)]
        const _: () = {
            #[automatically_derived]
            impl ::schema_core::Schema for #ident {
                const DEF: &'static ::schema_core::model::SchemaDef = &::schema_core::model::SchemaDef {
                    name: ::std::borrow::Cow::Borrowed(#name),
                    doc: ::std::borrow::Cow::Borrowed(#doc),
                    owner: ::schema_core::model::SchemaOwner::#owned,
                    tables: ::std::borrow::Cow::Borrowed(&[#(#defs),*]),
                    #views_field
                    #virtual_tables
                    ..::schema_core::model::SchemaDef::EMPTY
                };
            }
            #writable
            #(
                #[automatically_derived]
                impl ::schema_core::private::Lists<#tables> for #ident {}
            )*
            #(
                #[automatically_derived]
                impl ::schema_core::private::ListsView<#views> for #ident {}
            )*
            #every_column
            #clashes
        };
    }
}

/// Tables, views and virtual tables share their names: each view's is compared with the others where
/// names are known, in constants.
fn clashes(schema: &Schema, objects: &Objects) -> TokenStream {
    let Schema { tables, views, .. } = schema;
    if views.is_empty() && objects.names().next().is_none() {
        return TokenStream::new();
    }
    let mut before: Vec<TokenStream> = Vec::new();
    let mut checks = Vec::new();
    let mut check = |span: Span, name: TokenStream, what: String, before: &[TokenStream]| {
        let message = format!(
            "{what} has the name of a table or view of the schema: give one of them a `name = \"..\"`"
        );
        checks.push(quote_spanned! {span=>
            const _: () = ::core::assert!(
                ::schema_core::private::is_free(#name, TABLES, &[#(#before),*]),
                "{}",
                #message
            );
        });
    };
    for view in views {
        let name = quote_spanned!(view.span()=> ::schema_core::private::view_name(<#view as ::schema_core::View>::DEF));
        let ident = view.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
        check(view.span(), name.clone(), format!("view `{ident}`"), &before);
        before.push(name);
    }
    for (created, text) in objects.names() {
        let name = &created.name;
        check(text.span(), quote!(#name), format!("`{name}`"), &before);
    }
    quote! {
        const TABLES: &[&str] = &[#(<#tables as ::schema_core::NamedTable>::NAME),*];
        #(#checks)*
    }
}
