use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use super::{Names, Table};
use crate::table::ir::FullText;

/// The index as `const` data.
pub(super) fn definition(table: &Table, index: &FullText) -> TokenStream {
    let name = index.name.as_ref().map_or_else(|| format!("{}_fts", table.name), LitStr::value);
    let columns = index.columns.iter().filter_map(|name| table.column(name)).map(|column| &column.name);
    let option = |text: &Option<LitStr>, word: TokenStream| {
        text.as_ref()
            .map(|text| quote!(#word: ::core::option::Option::Some(::std::borrow::Cow::Borrowed(#text)),))
    };
    let (tokenize, prefix) =
        (option(&index.tokenize, quote!(tokenize)), option(&index.prefix, quote!(prefix)));
    quote! {
        ::schema_core::model::FullTextDef {
            name: ::std::borrow::Cow::Borrowed(#name),
            columns: ::std::borrow::Cow::Borrowed(&[#(::std::borrow::Cow::Borrowed(#columns)),*]),
            #tokenize
            #prefix
            ..::schema_core::model::FullTextDef::EMPTY
        }
    }
}

/// The methods of columns that search: `matches` on every table, where the compiler refuses it without
/// an index, and what a search says of its rows where there is one.
pub(super) fn methods(table: &Table, names: &Names) -> TokenStream {
    let (model, columns, vis) = (&names.model, &names.columns, &table.vis);
    let hidden = table.full_text.is_none().then(|| quote!(#[doc(hidden)]));
    let found = table.full_text.as_ref().map(|_| {
        quote! {
            #[automatically_derived]
            impl ::schema_core::private::Searched for #model {}
            impl #columns<::schema_core::expr::Required> {
                /// How well a row fits the search that found it: the smaller, the better.
                #[allow(dead_code)]
                #vis fn rank(&self) -> ::schema_core::expr::Expr<f64> {
                    ::schema_core::expr::search::rank(self)
                }
                /// The text of a column, with marks before and after each word that was found.
                #[allow(dead_code)]
                #vis fn highlight<__T: ::schema_core::value::Textual, __K: ::schema_core::expr::ColumnKind>(
                    &self,
                    column: ::schema_core::expr::Expr<__T, __K>,
                    before: &str,
                    after: &str,
                ) -> ::schema_core::expr::Expr<__T> {
                    ::schema_core::expr::search::highlight(self, column, before, after)
                }
                /// Up to 64 words around what was found, with marks before and after each found word.
                #[allow(dead_code)]
                #vis fn snippet(
                    &self,
                    before: &str,
                    after: &str,
                    words: u8,
                ) -> ::schema_core::expr::Expr<::core::option::Option<::std::string::String>> {
                    ::schema_core::expr::search::snippet(self, before, after, words)
                }
            }
        }
    });
    quote! {
        impl<__M: ::schema_core::expr::Mode> #columns<__M> {
            /// Whether a full-text search finds the row. The text is FTS5's query language: `dune OR spice`,
            /// `"a phrase"`, `title: her*`. What a person typed goes through `schema_core::expr::words`.
            #hidden
            #[allow(dead_code)]
            #vis fn matches<__Q: ::core::convert::AsRef<str>>(&self, query: __Q) -> ::schema_core::expr::Expr<__M::Truth>
            where
                Self: ::schema_core::expr::FullText,
            {
                ::schema_core::expr::search::matches::<Self>(self, ::core::convert::AsRef::as_ref(&query))
            }
        }
        #found
    }
}
