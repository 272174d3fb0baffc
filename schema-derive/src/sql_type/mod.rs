//! `#[derive(SqlType)]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Data, DeriveInput, Fields, spanned::Spanned};

use crate::{errors::Errors, types};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::new();
    let help = "`SqlType` is for a struct of one unnamed field: `struct BookId(Uuid);`";
    if let Some(parameter) = input.generics.params.first() {
        errors.at(parameter, "a column's type has no generic parameters");
    }
    let inner = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                fields.unnamed.first().map(|field| &field.ty)
            }
            fields => {
                errors.at(fields, help);
                None
            }
        },
        Data::Enum(data) => {
            errors.at(data.enum_token, "derive `SqlEnum` for an enum");
            None
        }
        Data::Union(data) => {
            errors.at(data.union_token, help);
            None
        }
    };
    if let Some(inner) = inner
        && types::inside_option(inner).is_some()
    {
        errors.at(inner, "NULL is an `Option` where the column is: take it out of the newtype");
    }
    match inner {
        Some(inner) if errors.is_empty() => {
            let nothing = errors.report();
            let code = expand(&input.ident, inner);
            quote!(#nothing #code)
        }
        _ => errors.report(),
    }
}

fn expand(ident: &syn::Ident, inner: &syn::Type) -> TokenStream {
    // Asked at one place and in one way, so that a type that is none is reported once.
    let of_inner = |name: &str, arguments: Option<TokenStream>| {
        let name = format_ident!("{name}", span = inner.span());
        let arguments = arguments.map(|arguments| quote_spanned!(inner.span()=> (#arguments)));
        quote_spanned! {inner.span()=>
            <<#inner as ::schema_core::value::ColumnType>::Itself as ::schema_core::value::SqlType>::#name #arguments
        }
    };
    let [storage, domain, is_json, time, collate] =
        ["STORAGE", "DOMAIN", "IS_JSON", "TIME", "COLLATE"].map(|name| of_inner(name, None));
    let read = of_inner("read", Some(quote!(row, at)));
    let bind = of_inner("bind", None);
    let stored = of_inner("stored", None);
    let to_json = of_inner("to_json", Some(quote!(row, at)));
    let from_json = of_inner("from_json", Some(quote!(json)));
    quote! {
        const _: () = {
            #[automatically_derived]
            impl ::schema_core::value::SqlType for #ident {
                type Base = #ident;
                type Opt = ::core::option::Option<#ident>;
                type Like<__U: ::schema_core::value::SqlType> = __U;
                type Rust = #ident;
                const STORAGE: ::schema_core::value::Storage = #storage;
                const DOMAIN: ::schema_core::model::Domain = #domain;
                const IS_JSON: bool = #is_json;
                const TIME: ::core::option::Option<::schema_core::model::TimeStorage> = #time;
                const COLLATE: ::core::option::Option<&'static str> = #collate;
                #[inline]
                fn read(
                    row: ::schema_core::value::Row<'_>,
                    at: usize,
                ) -> ::core::result::Result<Self, ::schema_core::value::CellError> {
                    match #read {
                        ::core::result::Result::Ok(value) => ::core::result::Result::Ok(#ident(value)),
                        ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                    }
                }
                #[inline]
                fn bind<'v>(
                    value: &'v Self,
                    to: &mut ::schema_core::value::Binder<'_, 'v>,
                ) -> ::core::result::Result<(), ::schema_core::value::ValueError> {
                    ::schema_core::private::bind_inner(&value.0, to, #bind)
                }
                fn stored(value: Self) -> Self {
                    #ident(::schema_core::private::stored_inner(value.0, #stored))
                }
                fn to_json(
                    row: ::schema_core::value::Row<'_>,
                    at: usize,
                ) -> ::core::result::Result<
                    ::schema_core::private::serde_json::Value,
                    ::schema_core::value::CellError,
                > {
                    #to_json
                }
                fn from_json(
                    json: ::schema_core::private::serde_json::Value,
                ) -> ::core::result::Result<Self, ::schema_core::value::CellError> {
                    match #from_json {
                        ::core::result::Result::Ok(value) => ::core::result::Result::Ok(#ident(value)),
                        ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                    }
                }
            }
            #[automatically_derived]
            impl ::schema_core::value::Plainly for #ident {}
            #[automatically_derived]

            impl ::schema_core::value::Newtype for #ident {
                type Inner = #inner;
                #[inline]
                fn wrap(inner: #inner) -> Self {
                    #ident(inner)
                }
                #[inline]
                fn inner(&self) -> &#inner {
                    &self.0
                }
            }
        };
    }
}
