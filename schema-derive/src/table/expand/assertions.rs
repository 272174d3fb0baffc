//! What only the compiler can judge: nullability under other names, and the types of foreign keys.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Column, Table, definition::foreign_keys};
use crate::{table::ir::ForeignKey, types::Known};

/// What can only be checked where types are known: nullability, and the types of foreign keys.
pub(crate) fn assertions(table: &Table) -> TokenStream {
    let nullability = table.columns.iter().filter(|column| column.known == Known::Unknown && column.json.is_none() && !column.nullable).map(|column| {
        let ty = &column.ty;
        let message = format!(
            "the type of `{}` may be NULL under another name: write `Option<..>` where the column is, so that it is seen",
            column.ident
        );
        quote_spanned! {ty.span()=>
            const _: () = ::core::assert!(!<#ty as ::schema_core::value::SqlType>::NULLABLE, #message);
        }
    });
    let keys = foreign_keys(table).map(|key| {
        let parent = &key.references.table;
        let types = key.columns.iter().filter_map(|name| table.column(name)).map(Column::column_type);
        let bases: Vec<TokenStream> = types
            .map(|ty| quote_spanned!(parent.span()=> <#ty as ::schema_core::value::SqlType>::Base))
            .collect();
        let child = if let [one] = &bases[..] {
            quote!(#one)
        } else {
            quote!(::schema_core::expr::Set<(#(#bases,)*)>)
        };
        let fields = &key.references.columns;
        if fields.is_empty() {
            quote_spanned! {parent.span()=>
                const _: fn() = || {
                    fn key_fits<C: ::schema_core::private::References<P>, P>() {}
                    key_fits::<#child, <#parent as ::schema_core::Table>::Key>();
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
            let set = (fields.len() > 1).then(|| unique_set(key));
            quote_spanned! {key.span=>
                const _: fn(<#parent as ::schema_core::Record>::Columns<::schema_core::expr::Required>) =
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

        impl ::schema_core::private::Named for #model {
            const NAME: &'static str = #name;
            const COLUMNS: &'static [(&'static str, &'static str)] = &[#(#columns),*];
        }
    }
}

/// Several columns that a foreign key references are unique together.
fn unique_set(key: &ForeignKey) -> TokenStream {
    let parent = &key.references.table;
    let fields: Vec<String> =
        key.references.columns.iter().map(|field| syn::ext::IdentExt::unraw(field).to_string()).collect();
    let (name, listed) = (quote!(#parent).to_string().replace(' ', ""), fields.join(", "));
    let message = format!(
        "a foreign key references columns that are unique together: give `{name}` a `#[table(unique({listed}))]` or a `#[table(primary_key({listed}))]`"
    );
    quote_spanned! {key.span=>
        const _: () = ::core::assert!(
            ::schema_core::private::is_unique(
                <#parent as ::schema_core::Table>::DEF,
                &[#(::schema_core::private::column_name(
                    <#parent as ::schema_core::private::Named>::COLUMNS, #fields,
                )),*],
            ),
            #message
        );
    }
}
