//! The code of a row: typed columns, how it is read, and what `select` takes for it.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

use crate::table::{Body, Table, expand};

pub(super) fn row(row: &Table, body: Body) -> TokenStream {
    let names = expand::Names::of(&row.ident);
    let model = &names.model;
    let columns = expand::columns::structure(row, &names);
    let column_impls = expand::columns::impls(row, &names);
    let fields: Vec<String> = row.columns.iter().map(|column| column.ident.unraw().to_string()).collect();
    let record = expand::record::record(row, &names, body, &quote!(Row(&[#(#fields),*])));
    let (select, select_impl) = select(row, &names);
    let assertions = match body {
        Body::Whole => expand::assertions::assertions(row),
        Body::Stub => TokenStream::new(),
    };
    let idents = row.columns.iter().map(|column| &column.ident);
    quote! {
        #columns
        #select
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, unused_qualifications)]
        const _: () = {
            #column_impls
            #record
            #select_impl
            #assertions
            // A field that only queries use as a column is no dead code.
            const _: fn(&#model) = |row| {
                let _ = (#(&row.#idents,)*);
            };
            #[automatically_derived]
            impl<__D> ::schema_core::private::Placed<__D> for #model {}
        };
    }
}

/// `TitleRowSelect`: an expression for each field.
fn select(row: &Table, names: &expand::Names) -> (TokenStream, TokenStream) {
    let (model, vis) = (&names.model, &row.vis);
    let name = format_ident!("{model}Select");
    let parameters: Vec<_> = (0..row.columns.len()).map(|at| format_ident!("__{at}")).collect();
    let fields = row.columns.iter().zip(&parameters).map(|(column, parameter)| {
        let ident = &column.ident;
        let doc = format!("Gives `{ident}`.");
        quote!(#[doc = #doc] #vis #ident: #parameter)
    });
    // rustc's message has the name of the type: it names the field.
    let fields_of: Vec<_> = row
        .columns
        .iter()
        .map(|column| format_ident!("{}_of_{}", column.ident.unraw(), model, span = Span::call_site()))
        .collect();
    let bounds = row.columns.iter().zip(&parameters).zip(&fields_of).map(|((column, parameter), field)| {
        let ty = column.column_type();
        quote!(#parameter: ::schema_core::query::Gives<#ty, #field>)
    });
    let idents = row.columns.iter().map(|column| &column.ident);
    let width = row.columns.len();
    let doc = format!("What `select` takes to give a [`{model}`].");
    let structure = quote! {
        #[doc = #doc]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis struct #name<#(#parameters),*> { #(#fields),* }
    };
    let implementation = quote! {
        #(
            #[allow(non_camel_case_types)]
            pub enum #fields_of {}
        )*
        impl<#(#bounds),*> ::schema_core::query::Part for #name<#(#parameters),*> {
            fn select_into(self, select: &mut ::std::vec::Vec<::schema_core::expr::Node>) {
                #(select.push(::schema_core::query::Gives::into_node(self.#idents));)*
            }
        }
        #[automatically_derived]
        impl<#(#parameters),*> ::schema_core::query::Selects for #name<#(#parameters),*> {
            type Row = #model;
            type Types = #model;
            type Chosen = Self;
            const WIDTH: usize = #width;
            fn chosen(self) -> Self {
                self
            }
            fn read(
                row: ::schema_core::value::Row<'_>,
                at: usize,
            ) -> ::core::result::Result<#model, ::schema_core::value::CellError> {
                <#model as ::schema_core::Record>::read(row, at)
            }
        }
    };
    (structure, implementation)
}
