use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{Names, Table};

pub(crate) fn structure(table: &Table, names: &Names) -> TokenStream {
    let Names { model, update, .. } = names;
    let vis = &table.vis;
    let fields = table.columns.iter().filter(|column| table.is_patched(column)).map(|column| {
        let (ident, ty) = (&column.ident, &column.ty);
        let doc = if column.doc.is_empty() { format!("`{}`.", column.name) } else { column.doc.clone() };
        quote!(#[doc = #doc] #vis #ident: ::schema_core::Patch<#ty>)
    });
    let groups = table.groups.iter().map(|group| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        let doc = if group.doc.is_empty() { format!("`{ident}`.") } else { group.doc.clone() };
        quote!(#[doc = #doc] #vis #ident: #this::Update)
    });
    let fields = fields.chain(groups);
    let doc =
        format!("A change of a [`{model}`]: what to keep and what to set. In JSON, an absent field is kept.");
    quote! {
        #[doc = #doc]
        #[allow(missing_debug_implementations)]
        #[allow(dead_code)]
        #vis struct #update { #(#fields,)* }
    }
}

pub(super) fn impls(table: &Table, names: &Names) -> TokenStream {
    let Names { model, update, .. } = names;
    let patched = || table.columns.iter().zip(0_u16..).filter(|(column, _)| table.is_patched(column));
    let keeps = patched().map(|(column, _)| {
        let ident = &column.ident;
        quote!(#ident: ::schema_core::Patch::Keep)
    });
    let group_keeps = table.groups.iter().map(|group| {
        let ident = &group.ident;
        quote!(#ident: ::core::default::Default::default())
    });
    let keeps = keeps.chain(group_keeps);
    let group_pushes = super::groups::each(table).map(|(group, at)| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        quote!(#this::push(&self.#ident, #at as u16, assigns);)
    });
    let group_sets = table.groups.iter().map(|group| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        let field = syn::ext::IdentExt::unraw(ident).to_string();
        quote!(#field => ::schema_core::private::set_group(&mut self.#ident, json, #this::set_json),)
    });
    let pushes = patched().map(|(column, at)| {
        let (ident, to_value) = (&column.ident, column.of_type("to_value"));
        quote_spanned!(column.place()=> self.#ident.push(#at, #to_value, assigns);)
    });
    let pushes = pushes.chain(group_pushes);
    let sets = patched().map(|(column, _)| {
        let (ident, from_json) = (&column.ident, column.of_type("from_json"));
        let field = syn::ext::IdentExt::unraw(ident).to_string();
        quote_spanned!(column.place()=> #field => self.#ident.set_json(json, #from_json),)
    });
    let sets = sets.chain(group_sets);
    let vis = &table.vis;
    let validate = table.has_checks().then(|| {
        quote! {
            impl #update {
                /// Runs the `check_fn` of every column that is set, without a database.
                ///
                /// # Errors
                /// `is_invalid`, with every field that was refused.
                #[allow(dead_code)]
                #vis fn validate(&self) -> ::schema_core::Result<()> {
                    ::schema_core::repository::validate_update(self)
                }
            }
        }
    });
    quote! {
        #validate
        #[automatically_derived]
        impl ::core::default::Default for #update {
            fn default() -> Self { #update { #(#keeps,)* } }
        }
        #[automatically_derived]
        impl ::schema_core::repository::Update for #update {
            type Table = #model;
            fn push(&self, assigns: &mut ::std::vec::Vec<::schema_core::expr::Assign>) {
                let _ = &assigns;
                #(#pushes)*
            }
            #[allow(unreachable_code)]
            fn set_json(
                &mut self,
                field: &str,
                json: ::schema_core::private::serde_json::Value,
            ) -> ::core::option::Option<::core::result::Result<(), ::schema_core::value::CellError>> {
                let _ = &json;
                ::core::option::Option::Some(match field {
                    #(#sets)*
                    _ => return ::core::option::Option::None,
                })
            }
        }
        #[automatically_derived]
        impl<'de> ::schema_core::private::serde::Deserialize<'de> for #update {
            fn deserialize<__D: ::schema_core::private::serde::Deserializer<'de>>(
                from: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                ::schema_core::private::deserialize_update(from)
            }
        }
    }
}
