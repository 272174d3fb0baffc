//! `#[derive(SqlType)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput, Fields};

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
    quote! {
        const _: () = {
            #[automatically_derived]

            impl ::schema_core::value::SqlType for #ident {
                type Base = #ident;
                type Opt = ::core::option::Option<#ident>;
                type Like<__U: ::schema_core::value::SqlType> = __U;
                type Rust = #ident;
                const STORAGE: ::schema_core::value::Storage = <#inner as ::schema_core::value::SqlType>::STORAGE;
                const DOMAIN: ::schema_core::model::Domain = <#inner as ::schema_core::value::SqlType>::DOMAIN;
                const IS_JSON: bool = <#inner as ::schema_core::value::SqlType>::IS_JSON;
                #[inline]
                fn read(
                    row: ::schema_core::value::Row<'_>,
                    at: usize,
                ) -> ::core::result::Result<Self, ::schema_core::value::CellError> {
                    match <#inner as ::schema_core::value::SqlType>::read(row, at) {
                        ::core::result::Result::Ok(value) => ::core::result::Result::Ok(#ident(value)),
                        ::core::result::Result::Err(error) => ::core::result::Result::Err(error),
                    }
                }
                #[inline]
                fn bind<'v>(
                    value: &'v Self,
                    to: &mut ::schema_core::value::Binder<'_, 'v>,
                ) -> ::core::result::Result<(), ::schema_core::value::ValueError> {
                    <#inner as ::schema_core::value::SqlType>::bind(&value.0, to)
                }
                fn stored(value: Self) -> Self {
                    #ident(<#inner as ::schema_core::value::SqlType>::stored(value.0))
                }
                fn to_json(
                    row: ::schema_core::value::Row<'_>,
                    at: usize,
                ) -> ::core::result::Result<
                    ::schema_core::private::serde_json::Value,
                    ::schema_core::value::CellError,
                > {
                    <#inner as ::schema_core::value::SqlType>::to_json(row, at)
                }
                fn from_json(
                    json: ::schema_core::private::serde_json::Value,
                ) -> ::core::result::Result<Self, ::schema_core::value::CellError> {
                    match <#inner as ::schema_core::value::SqlType>::from_json(json) {
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
