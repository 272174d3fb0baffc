use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::types::Known;

use super::{Body, Column, Names, Table, record};

pub(crate) fn structure(table: &Table, names: &Names) -> TokenStream {
    let Names { model, new, .. } = names;
    let vis = &table.vis;
    let fields = table.columns.iter().filter(|column| table.is_required(column)).map(|column| {
        let (ident, ty) = (&column.ident, &column.ty);
        let doc = if column.doc.is_empty() { format!("`{}`.", column.name) } else { column.doc.clone() };
        quote!(#[doc = #doc] #vis #ident: #ty)
    });
    let groups = table.groups.iter().filter(|group| !group.default).map(|group| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        let doc = if group.doc.is_empty() { format!("`{ident}`.") } else { group.doc.clone() };
        quote!(#[doc = #doc] #vis #ident: #this::New)
    });
    let fields = fields.chain(groups);
    let doc = format!("A new [`{model}`]: the columns that have no default. `.with(..)` sets the others.");
    quote! {
        #[doc = #doc]
        #[allow(missing_debug_implementations)]
        #[allow(dead_code)]
        #vis struct #new { #(#fields,)* }
    }
}

pub(super) fn impls(table: &Table, names: &Names, body: Body) -> TokenStream {
    let Names { model, columns, new, .. } = names;
    let binds = table.columns.iter().enumerate().filter(|(_, column)| column.generated.is_none()).map(
        |(at, column)| {
            let (ident, bind) = (&column.ident, column.of_type("bind"));
            if table.is_required(column) {
                quote_spanned! {column.place()=>
                    if let ::core::result::Result::Err(error) = fields.required(#at, &self.#ident, #bind) {
                        return ::core::result::Result::Err(error);
                    }
                }
            } else {
                quote!(fields.optional(#at);)
            }
        },
    );
    let group_binds = super::groups::each(table).map(|(group, at)| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        if group.default {
            return quote!((#at..#at + #this::COLUMNS.len()).for_each(|index| fields.optional(index)););
        }
        super::groups::handed_on(group, &quote!(#this::bind_new(&self.#ident, #at, fields)))
    });
    let binds = binds.chain(group_binds);
    let optional: Vec<(usize, &Column)> =
        table.columns.iter().enumerate().filter(|(_, column)| !table.is_required(column)).collect();
    let super::cells::Cells { before, values } = super::cells::read(&optional, &quote!(0_usize));
    let read = optional.iter().zip(&values).map(|((_, column), value)| {
        let ident = &column.ident;
        quote!(#ident: #value)
    });
    // After what can fail, so that nothing of the row has to be taken back.
    let own = table.columns.iter().filter(|column| table.is_required(column)).map(|column| {
        let ident = &column.ident;
        if matches!(column.known, Known::Instant | Known::Day | Known::Decimal | Known::Unknown)
            && column.json.is_none()
        {
            let stored = column.of_type("stored");
            quote!(#ident: ::schema_core::private::stored_inner(self.#ident, #stored))
        } else {
            quote!(#ident: self.#ident)
        }
    });
    let groups = super::groups::each(table).map(|(group, at)| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        let value = match group.default {
            true => quote!(#this::read(row, #at)),
            false => quote!(#this::into_row(self.#ident, row, #at)),
        };
        let value = super::groups::or_return(group, &value);
        quote!(#ident: #value)
    });
    let reads = read.chain(groups).chain(own);
    let skipped = record::skipped(table);
    let row = match body {
        Body::Whole => quote! {
            #before
            ::core::result::Result::Ok(#model { #(#reads,)* #(#skipped,)* })
        },
        Body::Stub => quote!(loop {}),
    };
    let copies = table.columns.iter().filter(|column| table.is_required(column)).map(|column| {
        let (ident, copy) = (&column.ident, column.of_type("copy"));
        quote!(#ident: ::schema_core::private::copied(&self.#ident, #copy))
    });
    let groups = table.groups.iter().filter(|group| !group.default).map(|group| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        quote!(#ident: #this::copy_new(&self.#ident))
    });
    let copies = copies.chain(groups);
    let copy = match body {
        Body::Whole => quote!(#new { #(#copies,)* }),
        Body::Stub => quote!(loop {}),
    };
    let vis = &table.vis;
    let validate = table.has_checks().then(|| {
        quote! {
            /// Runs the `check_fn` of every column on what the row holds, without a database.
            ///
            /// # Errors
            /// `is_invalid`, with every field that was refused.
            #[allow(dead_code)]
            #vis fn validate(&self) -> ::schema_core::Result<()> {
                ::schema_core::repository::validate_new::<#model>(self, &[])
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl ::schema_core::repository::NewRow for #new {
            type Table = #model;
            fn bind<'v>(
                &'v self,
                fields: &mut ::schema_core::repository::NewFields<'_, 'v>,
            ) -> ::core::result::Result<(), ::schema_core::repository::FieldError> {
                #(#binds)*
                ::core::result::Result::Ok(())
            }
            fn copy(&self) -> Self {
                #copy
            }
            fn into_row(
                self,
                row: ::schema_core::value::Row<'_>,
            ) -> ::core::result::Result<#model, ::schema_core::value::CellError> {
                let _ = row;
                #row
            }
        }
        impl #new {
            #validate
            /// Sets columns that have a default: `.with(|row| (row.a.set(1), row.b.set(None)))`.
            #[allow(dead_code)]
            #vis fn with<__A: ::schema_core::expr::Assignments<::schema_core::expr::Given>>(
                self,
                fill: impl ::core::ops::FnOnce(#columns<::schema_core::expr::Insert>) -> __A,
            ) -> ::schema_core::repository::Filled<Self> {
                ::schema_core::repository::Filled::new(self, fill)
            }
        }
    }
}
