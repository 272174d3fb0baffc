use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Ident, Visibility};

use super::{Names, Table};

pub(super) fn structure(table: &Table, names: &Names) -> TokenStream {
    let Names { model, repository, .. } = names;
    let vis = &table.vis;
    let doc = format!(
        "Reads and writes [`{model}`]. Methods of your own go on it: `impl {repository}<'_, MySchema> {{ .. }}`."
    );
    quote! {
        #[doc = #doc]
        #[derive(::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis struct #repository<'h, __S: ::schema_core::Schema>(::schema_core::Repository<'h, #model, __S>);
    }
}

pub(super) fn impls(table: &Table, names: &Names) -> TokenStream {
    let Names { model, repository, .. } = names;
    impls_of(model, repository, &table.vis, &quote!(::schema_core::Has), &format_ident!("Repository"))
}

/// The impls of a repository around the library's `target`, for schemas that have the model.
pub(crate) fn impls_of(
    model: &Ident,
    repository: &Ident,
    vis: &Visibility,
    has: &TokenStream,
    target: &Ident,
) -> TokenStream {
    quote! {
        impl<'h, __S: #has<#model>> #repository<'h, __S> {
            /// A repository on a database, a transaction or a savepoint.
            #[allow(dead_code)]
            #vis fn new<__H: ::schema_core::Handle<Schema = __S>>(handle: &'h __H) -> Self {
                #repository(::schema_core::#target::new(handle))
            }
        }
        #[automatically_derived]
        impl<'h, __S: ::schema_core::Schema> ::core::ops::Deref for #repository<'h, __S> {
            type Target = ::schema_core::#target<'h, #model, __S>;
            fn deref(&self) -> &Self::Target { &self.0 }
        }
        #[automatically_derived]
        impl<__S: ::schema_core::Schema> ::core::clone::Clone for #repository<'_, __S> {
            fn clone(&self) -> Self { *self }
        }
        #[automatically_derived]
        impl<__S: ::schema_core::Schema> ::core::marker::Copy for #repository<'_, __S> {}
        #[automatically_derived]
        impl<__S: ::schema_core::Schema> ::schema_core::Handle for #repository<'_, __S> {
            type Schema = __S;
            fn session(&self) -> ::schema_core::private::Session<'_> { ::schema_core::Handle::session(&self.0) }
        }
    }
}
