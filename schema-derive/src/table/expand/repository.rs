use proc_macro2::TokenStream;
use quote::quote;

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
        #vis struct #repository<'h, S: ::schema_core::Schema>(::schema_core::Repository<'h, #model, S>);
    }
}

pub(super) fn impls(names: &Names) -> TokenStream {
    let Names { model, repository, .. } = names;
    quote! {
        impl<'h, S: ::schema_core::Has<#model>> #repository<'h, S> {
            /// A repository on a database, a transaction or a savepoint.
            pub fn new<H: ::schema_core::Handle<Schema = S>>(handle: &'h H) -> Self {
                #repository(::schema_core::Repository::new(handle))
            }
        }
        #[automatically_derived]
        impl<'h, S: ::schema_core::Schema> ::core::ops::Deref for #repository<'h, S> {
            type Target = ::schema_core::Repository<'h, #model, S>;
            fn deref(&self) -> &Self::Target { &self.0 }
        }
        #[automatically_derived]
        impl<S: ::schema_core::Schema> ::core::clone::Clone for #repository<'_, S> {
            fn clone(&self) -> Self { *self }
        }
        #[automatically_derived]
        impl<S: ::schema_core::Schema> ::core::marker::Copy for #repository<'_, S> {}
        #[automatically_derived]
        impl<S: ::schema_core::Schema> ::schema_core::Handle for #repository<'_, S> {
            type Schema = S;
            fn session(&self) -> ::schema_core::private::Session<'_> { ::schema_core::Handle::session(&self.0) }
        }
    }
}
