use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::{Body, Column, Names, Table, columns, definition};
use crate::table::ir::{Default, Role};

/// The record: its typed columns, and how it is read from a row of a table or a view.
pub(crate) fn record(table: &Table, names: &Names, body: Body, shape: &TokenStream) -> TokenStream {
    let Names { model, columns, .. } = names;
    let literal = columns::literal(table, names);
    let read: Vec<(usize, &Column)> = table.columns.iter().enumerate().collect();
    let super::cells::Cells { before, values } = super::cells::read(&read, &quote!(at));
    let fields = table.columns.iter().map(|column| &column.ident);
    let groups = super::groups::each(table).map(|(group, from)| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        let value = super::groups::or_return(group, &quote!(#this::read(row, at + #from)));
        quote!(#ident: #value)
    });
    let skipped = skipped(table);
    let read = match body {
        Body::Whole => quote! {
            #before
            ::core::result::Result::Ok(#model { #(#fields: #values,)* #(#groups,)* #(#skipped,)* })
        },
        Body::Stub => quote!({
            let _ = (row, at);
            loop {}
        }),
    };
    quote! {
        #[automatically_derived]
        impl ::schema_core::Record for #model {
            type Columns<__M: ::schema_core::expr::Mode> = #columns<__M>;
            const SHAPE: ::schema_core::Shape = ::schema_core::Shape::#shape;
            fn columns<__M: ::schema_core::expr::Mode>(alias: ::schema_core::expr::Alias) -> #columns<__M> { #literal }
            #[inline]
            fn read(
                row: ::schema_core::value::Row<'_>,
                at: usize,
            ) -> ::core::result::Result<Self, ::schema_core::value::CellError> {
                #read
            }
        }
    }
}

pub(super) fn impls(table: &Table, names: &Names, body: Body) -> TokenStream {
    let Names { model, new, update, .. } = names;
    let record = record(table, names, body, &quote!(Table(<#model as ::schema_core::Table>::DEF)));
    let binds = table.columns.iter().enumerate().map(|(at, column)| {
        let (ident, bind) = (&column.ident, column.of_type("bind"));
        quote_spanned! {column.place()=>
            if let ::core::result::Result::Err(error) = fields.field(#at, &self.#ident, #bind) {
                return ::core::result::Result::Err(error);
            }
        }
    });
    let group_binds = super::groups::each(table).map(|(group, at)| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        super::groups::handed_on(group, &quote!(#this::bind(&self.#ident, #at, fields)))
    });
    let binds = binds.chain(group_binds);
    let group_fills = super::groups::each(table).map(|(group, at)| {
        let this = super::groups::of(group);
        quote!(_ if index >= #at && index < #at + #this::COLUMNS.len() => #this::fill(index - #at),)
    });
    let key = key(table);
    let rowid = match table.columns.iter().position(|column| table.is_given_rowid(column)) {
        Some(at) => quote!(::core::option::Option::Some(#at)),
        None => quote!(::core::option::Option::None),
    };
    let fills = table.columns.iter().enumerate().filter_map(|(at, column)| {
        let fill = fill(column)?;
        Some(quote!(#at => #fill,))
    });
    let fills = fills.chain(group_fills);
    let (definition, fills, binds) = match body {
        Body::Whole => (definition::table(table), quote!(#(#fills)*), quote!(#(#binds)*)),
        Body::Stub => (quote!(::schema_core::model::TableDef::EMPTY), TokenStream::new(), TokenStream::new()),
    };
    let checks = (body == Body::Whole).then(|| checks(table));
    // At the attribute: a missing impl is an error there.
    let hooks = table.hooks.filter(|_| body == Body::Whole).map(|span| {
        let span = span.resolved_at(Span::call_site());
        quote_spanned! {span=>
            const HOOKS: ::core::option::Option<::schema_core::repository::HookFns<Self>> =
                ::core::option::Option::Some(::schema_core::repository::hooks_of::<#model>());
        }
    });
    let has_hooks = table
        .hooks
        .map(|_| quote!(#[automatically_derived] impl ::schema_core::repository::HasHooks for #model {}));
    let vis = &table.vis;
    let mutable = table
        .append_only
        .is_none()
        .then(|| quote!(#[automatically_derived] impl ::schema_core::private::Changeable for #model {}));
    quote! {
        #record
        #[automatically_derived]
        impl ::schema_core::Table for #model {
            const DEF: &'static ::schema_core::model::TableDef = &#definition;
            #checks
            #hooks
            const ROWID: ::core::option::Option<usize> = #rowid;
            type Key = #key;
            type New = #new;
            type Update = #update;
            fn slots() -> &'static ::schema_core::private::Slots {
                static SLOTS: ::schema_core::private::Slots = ::schema_core::private::Slots::new();
                &SLOTS
            }
            fn fill(
                index: usize,
            ) -> ::core::result::Result<::schema_core::value::Value, ::schema_core::value::ValueError> {
                match index {
                    #fills
                    _ => ::core::result::Result::Ok(::schema_core::value::Value::Null),
                }
            }
            fn bind<'v>(
                &'v self,
                fields: &mut ::schema_core::repository::Fields<'_, 'v>,
            ) -> ::core::result::Result<(), ::schema_core::repository::FieldError> {
                #binds
                ::core::result::Result::Ok(())
            }
        }
        #mutable
        #has_hooks
        #[automatically_derived]
        impl<__D: ::schema_core::Has<#model>> ::schema_core::private::Placed<__D> for #model {}
        impl #model {
            /// A query over the table.
            #[allow(dead_code)]
            #vis fn query() -> ::schema_core::query::Query<Self> { <Self as ::schema_core::Table>::query() }
        }
    }
}

/// Fields that are no columns, in a literal of the model.
pub(crate) fn skipped(table: &Table) -> Vec<TokenStream> {
    let fields = table.skipped.iter().filter_map(|field| field.ident.as_ref());
    fields.map(|ident| quote!(#ident: ::core::default::Default::default())).collect()
}

fn key(table: &Table) -> TokenStream {
    let types: Vec<TokenStream> =
        table.key.iter().filter_map(|name| table.column(name)).map(|column| column.of_type("Base")).collect();
    match &types[..] {
        [] => quote!(::schema_core::NoKey),
        [one] => quote!(#one),
        several => {
            let types = table.key.iter().filter_map(|name| table.column(name)).map(Column::column_type);
            let _ = several;
            quote!(::schema_core::expr::Set<(#(#types,)*)>)
        }
    }
}

/// The check functions of columns.
fn checks(table: &Table) -> Option<TokenStream> {
    let checks = column_checks(table);
    if !table.groups.is_empty() {
        return Some(super::groups::checks(table, &checks));
    }
    (!checks.is_empty())
        .then(|| quote!(const CHECKS: &'static [::schema_core::repository::FieldCheck] = &[#(#checks),*];))
}

/// The check functions of columns, each with its position.
pub(crate) fn column_checks(table: &Table) -> Vec<TokenStream> {
    table
        .columns
        .iter()
        .zip(0_u16..)
        .filter_map(|(column, at)| {
            let (path, ty, base) = (column.check_fn.as_ref()?, column.column_type(), &column.base);
            // At the attribute: a function of another signature is an error there.
            let span = path.span().resolved_at(Span::call_site());
            let run = quote_spanned! {span=>
                |value| ::schema_core::repository::checked::<<#ty as ::schema_core::value::SqlType>::Base>(
                    value,
                    |value: &#base| ::schema_core::repository::CheckOutcome::into_message(#path(value)),
                )
            };
            Some(quote!(::schema_core::repository::FieldCheck { column: #at, run: #run }))
        })
        .collect()
}

pub(crate) fn fill(column: &Column) -> Option<TokenStream> {
    let ty = column.column_type();
    let is_instant = matches!(column.default, Some(Default::Now(_)))
        || matches!(column.role, Some((_, Role::CreatedAt | Role::UpdatedAt | Role::SoftDelete)));
    if is_instant {
        return Some(quote!(::schema_core::value::fill_now::<#ty>()));
    }
    matches!(column.default, Some(Default::UuidV7(_)))
        .then(|| quote!(::schema_core::value::fill_uuid::<#ty>()))
}
