//! What only the compiler can judge: nullability under other names, and the types of foreign keys.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{
    Table,
    definition::{self, foreign_keys},
};
use crate::{table::ir::ForeignKey, types::Known};

/// What can only be checked where types are known: nullability, and the types of foreign keys.
pub(crate) fn assertions(table: &Table) -> TokenStream {
    let nullability = table.columns.iter().filter(|column| column.known == Known::Unknown && column.json.is_none() && !column.nullable).map(|column| {
        let nullable = column.of_type("NULLABLE");
        let message = format!(
            "the type of `{}` may be NULL under another name: write `Option<..>` where the column is, so that it is seen",
            column.ident
        );
        quote_spanned! {column.ty.span()=>
            const _: () = ::core::assert!(!#nullable, #message);
        }
    });
    let keys = foreign_keys(table).map(|key| {
        let parent = &key.references.table;
        let columns = key.columns.iter().filter_map(|name| table.column(name));
        let bases: Vec<TokenStream> = columns.map(|column| column.of_type("Base")).collect();
        let child = if let [one] = &bases[..] {
            quote!(#one)
        } else {
            quote!(::schema_core::expr::Set<(#(#bases,)*)>)
        };
        let fields = &key.references.columns;
        if fields.is_empty() {
            let key_type = definition::of_parent(parent, "Table", "Key");
            quote_spanned! {parent.span()=>
                const _: fn() = || {
                    fn key_fits<C: ::schema_core::References<P>, P>() {}
                    key_fits::<#child, #key_type>();
                };
            }
        } else {
            let parts = fields.iter().zip(&bases).map(|(field, base)| {
                quote_spanned! {field.span()=>
                    ::schema_core::private::same_type::<#base, _, _, _>(columns.#field);
                }
            });
            let unique = match &fields[..] {
                [field] => {
                    quote_spanned!(field.span()=> ::schema_core::private::names_one_row(columns.#field);)
                }
                _ => TokenStream::new(),
            };
            let columns = definition::of_parent(parent, "Record", "Columns");
            let set = (fields.len() > 1).then(|| unique_set(key));
            quote_spanned! {key.span=>
                const _: fn(#columns<::schema_core::expr::Required>) =
                    |columns| { #(#parts)* #unique };
                #set
            }
        }
    });
    quote!(#(#nullability)* #(#keys)*)
}

/// The table's name and columns, apart from its definition.
pub(super) fn named(table: &Table) -> TokenStream {
    let (model, name) = (&table.ident, &table.name);
    let columns = table.columns.iter().map(|column| {
        let (field, name) = (syn::ext::IdentExt::unraw(&column.ident).to_string(), &column.name);
        quote!((#field, #name))
    });
    quote! {
        #[automatically_derived]

        impl ::schema_core::NamedTable for #model {
            type Itself = #model;
            const NAME: &'static str = #name;
            const COLUMNS: &'static [(&'static str, &'static str)] = &[#(#columns),*];
            fn rows() -> ::schema_core::query::Query<Self> { <Self as ::schema_core::Table>::query() }
        }
    }
}

/// Several columns that a foreign key references are unique together.
fn unique_set(key: &ForeignKey) -> TokenStream {
    let parent = &key.references.table;
    let fields: Vec<String> =
        key.references.columns.iter().map(|field| syn::ext::IdentExt::unraw(field).to_string()).collect();
    let definition = definition::of_parent(parent, "Table", "DEF");
    let names = definition::named_parent(parent, "COLUMNS");
    let (name, listed) = (quote!(#parent).to_string().replace(' ', ""), fields.join(", "));
    let message = format!(
        "a foreign key references columns that are unique together: give `{name}` a `#[table(unique({listed}))]` or a `#[table(primary_key({listed}))]`"
    );
    quote_spanned! {key.span=>
        const _: () = ::core::assert!(
            ::schema_core::private::is_unique(
                #definition,
                &[#(::schema_core::private::column_name(
                    #names, #fields,
                )),*],
            ),
            #message
        );
    }
}
