//! The code of a group: its data, typed columns, and how they are read and written from a position on.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

use crate::{
    table::{Body, Column, Table, expand},
    types::Known,
};

pub(super) fn group(group: &Table, body: Body) -> TokenStream {
    let names = expand::Names::of(&group.ident);
    let columns = columns(group, &names);
    let new = expand::new_row::structure(group, &names);
    let update = expand::update::structure(group, &names);
    let update_default = default_update(group, &names);
    let assertions = match body {
        Body::Whole => expand::assertions::assertions(group),
        Body::Stub => TokenStream::new(),
    };
    let implementation = implementation(group, &names, body);
    quote! {
        #columns
        #new
        #update
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, unused_qualifications)]
        const _: () = {
            #update_default
            #implementation
            #assertions
        };
    }
}

/// `AuditColumns`.
fn columns(group: &Table, names: &expand::Names) -> TokenStream {
    let expand::Names { model, columns, .. } = names;
    let vis = &group.vis;
    let fields = group.columns.iter().map(|column| {
        let ident = &column.ident;
        let (ty, nullable) = (column.column_type(), column.nullable_type());
        let doc = if column.doc.is_empty() { format!("`{}`.", column.name) } else { column.doc.clone() };
        let kind = format_ident!("{}", if group.is_required(column) { "Literal" } else { "Col" });
        let column_type =
            quote_spanned!(column.place()=> __M::#kind<#ty, #nullable, ::schema_core::expr::Plain>);
        quote!(#[doc = #doc] #vis #ident: #column_type)
    });
    let doc = format!("The columns of [`{model}`] in a table.");
    quote! {
        #[doc = #doc]
        #[allow(missing_debug_implementations)]
        #[allow(dead_code)]
        #vis struct #columns<__M: ::schema_core::expr::Mode> {
            #(#fields,)*
            __mode: ::core::marker::PhantomData<fn() -> __M>,
        }
        #[automatically_derived]
        impl<__M: ::schema_core::expr::Mode> ::core::clone::Clone for #columns<__M> {
            fn clone(&self) -> Self { *self }
        }
        #[automatically_derived]
        impl<__M: ::schema_core::expr::Mode> ::core::marker::Copy for #columns<__M> {}
    }
}

fn default_update(group: &Table, names: &expand::Names) -> TokenStream {
    let update = &names.update;
    let keeps = group.columns.iter().filter(|column| group.is_patched(column)).map(|column| {
        let ident = &column.ident;
        quote!(#ident: ::schema_core::Patch::Keep)
    });
    quote! {
        #[automatically_derived]
        impl ::core::default::Default for #update {
            fn default() -> Self { #update { #(#keeps,)* } }
        }
    }
}

/// Reads a column from its position.
fn read(column: &Column, position: usize) -> TokenStream {
    let read = column
        .read_cell(&quote_spanned!(column.place()=> row), &quote_spanned!(column.place()=> at + #position));
    quote_spanned! {column.place()=>
        match #read {
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
        }
    }
}

fn implementation(group: &Table, names: &expand::Names, body: Body) -> TokenStream {
    let expand::Names { model, columns, new, update, .. } = names;
    let numbered = || group.columns.iter().enumerate();
    let handed_on = |column: &Column, fallible: &TokenStream| {
        quote_spanned! {column.place()=>
            if let ::core::result::Result::Err(error) = #fallible {
                return ::core::result::Result::Err(error);
            }
        }
    };
    let required = group.columns.iter().filter(|column| group.is_required(column)).count();
    let literal = group.columns.iter().zip(0_u16..).map(|(column, index)| {
        let typed = column.of_type(if group.is_required(column) { "literal" } else { "column" });
        let ident = &column.ident;
        let arguments = quote!(alias, at + #index);
        let made = quote_spanned!(column.ty.span()=> #typed::<__M, _, _>(#arguments));
        quote!(#ident: #made)
    });
    let skipped = expand::record::skipped(group);
    let patched = || group.columns.iter().zip(0_u16..).filter(|(column, _)| group.is_patched(column));
    let pushes = patched().map(|(column, index)| {
        let (ident, to_value) = (&column.ident, column.of_type("to_value"));
        quote_spanned!(column.place()=> update.#ident.push(at + #index, #to_value, assigns);)
    });
    let sets = patched().map(|(column, _)| {
        let (ident, from_json) = (&column.ident, column.of_type("from_json"));
        let field = syn::ext::IdentExt::unraw(ident).to_string();
        quote_spanned!(column.place()=> #field => update.#ident.set_json(json, #from_json),)
    });
    let (mut defs, mut checks, mut fills, mut binds, mut binds_new, mut copies) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut read_row, mut read_new) = (quote!(loop {}), quote!(loop {}));
    let mut copied = quote!(loop {});
    if body == Body::Whole {
        checks = expand::record::column_checks(group);
        for (position, column) in numbered() {
            let (ident, bind) = (&column.ident, column.of_type("bind"));
            defs.push(expand::definition::column(group, column));
            fills.extend(expand::record::fill(column).map(|fill| quote!(#position => #fill,)));
            binds.push(handed_on(column, &quote!(fields.field(at + #position, &self.#ident, #bind))));
            if group.is_required(column) {
                binds_new
                    .push(handed_on(column, &quote!(fields.required(at + #position, &new.#ident, #bind))));
                let copy = column.of_type("copy");
                copies.push(quote!(#ident: ::schema_core::private::copied(&new.#ident, #copy)));
            } else {
                binds_new.push(quote!(fields.optional(at + #position);));
            }
        }
        let fields = numbered().map(|(position, column)| {
            let (ident, value) = (&column.ident, read(column, position));
            quote!(#ident: #value)
        });
        read_row = quote!(::core::result::Result::Ok(#model { #(#fields,)* #(#skipped,)* }));
        let optional =
            numbered().filter(|(_, column)| !group.is_required(column)).map(|(position, column)| {
                let (ident, value) = (&column.ident, read(column, position));
                quote!(#ident: #value)
            });
        // After what can fail, so that nothing of the row has to be taken back.
        let own = group.columns.iter().filter(|column| group.is_required(column)).map(|column| {
            let ident = &column.ident;
            if matches!(column.known, Known::Instant | Known::Day | Known::Unknown) && column.json.is_none() {
                let stored = column.of_type("stored");
                quote!(#ident: ::schema_core::private::stored_inner(new.#ident, #stored))
            } else {
                quote!(#ident: new.#ident)
            }
        });
        read_new = quote!(::core::result::Result::Ok(#model { #(#optional,)* #(#own,)* #(#skipped,)* }));
        copied = quote!(#new { #(#copies,)* });
    }
    quote! {
        #[automatically_derived]
        impl ::schema_core::ColumnGroup for #model {
            const COLUMNS: &'static [::schema_core::model::ColumnDef] = &[#(#defs),*];
            const CHECKS: &'static [::schema_core::repository::FieldCheck] = &[#(#checks),*];
            const REQUIRED: usize = #required;
            type Columns<__M: ::schema_core::expr::Mode> = #columns<__M>;
            type New = #new;
            type Update = #update;
            fn columns<__M: ::schema_core::expr::Mode>(alias: ::schema_core::expr::Alias, at: u16) -> #columns<__M> {
                let _ = (alias, at);
                #columns { #(#literal,)* __mode: ::core::marker::PhantomData }
            }
            fn read(
                row: ::schema_core::value::Row<'_>,
                at: usize,
            ) -> ::core::result::Result<Self, ::schema_core::value::CellError> {
                let _ = (row, at);
                #read_row
            }
            fn bind<'v>(
                &'v self,
                at: usize,
                fields: &mut ::schema_core::repository::Fields<'_, 'v>,
            ) -> ::core::result::Result<(), ::schema_core::repository::FieldError> {
                let _ = (at, &fields);
                #(#binds)*
                ::core::result::Result::Ok(())
            }
            fn fill(
                index: usize,
            ) -> ::core::result::Result<::schema_core::value::Value, ::schema_core::value::ValueError> {
                match index {
                    #(#fills)*
                    _ => ::core::result::Result::Ok(::schema_core::value::Value::Null),
                }
            }
            fn bind_new<'v>(
                new: &'v #new,
                at: usize,
                fields: &mut ::schema_core::repository::NewFields<'_, 'v>,
            ) -> ::core::result::Result<(), ::schema_core::repository::FieldError> {
                let _ = (new, at, &fields);
                #(#binds_new)*
                ::core::result::Result::Ok(())
            }
            fn copy_new(new: &#new) -> #new {
                let _ = new;
                #copied
            }
            fn into_row(
                new: #new,
                row: ::schema_core::value::Row<'_>,
                at: usize,
            ) -> ::core::result::Result<Self, ::schema_core::value::CellError> {
                let _ = (row, at);
                #read_new
            }
            fn push(update: &#update, at: u16, assigns: &mut ::std::vec::Vec<::schema_core::expr::Assign>) {
                let _ = (update, at, &assigns);
                #(#pushes)*
            }
            #[allow(unreachable_code)]
            fn set_json(
                update: &mut #update,
                field: &str,
                json: ::schema_core::private::serde_json::Value,
            ) -> ::core::option::Option<::core::result::Result<(), ::schema_core::value::CellError>> {
                let _ = (&update, &json);
                ::core::option::Option::Some(match field {
                    #(#sets)*
                    _ => return ::core::option::Option::None,
                })
            }
        }
    }
}
