use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::types::Known;

use super::{Body, Column, Names, Table, record};

pub(super) fn structure(table: &Table, names: &Names) -> TokenStream {
    let Names { model, new, .. } = names;
    let vis = &table.vis;
    let fields = table.columns.iter().filter(|column| table.is_required(column)).map(|column| {
        let (ident, ty) = (&column.ident, &column.ty);
        let doc = if column.doc.is_empty() { format!("`{}`.", column.name) } else { column.doc.clone() };
        quote!(#[doc = #doc] #vis #ident: #ty)
    });
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
    let reads = read.chain(own);
    let skipped = record::skipped(table);
    let row = match body {
        Body::Whole => quote! {
            #before
            ::core::result::Result::Ok(#model { #(#reads,)* #(#skipped,)* })
        },
        Body::Stub => quote!(loop {}),
    };
    let copies = table.columns.iter().filter(|column| table.is_required(column)).map(|column| {
        let ident = &column.ident;
        quote_spanned!(column.place()=> #ident: ::core::clone::Clone::clone(&self.#ident))
    });
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
