//! The code of a view: data, typed columns, and a repository that only reads.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::ir::View;
use crate::table::{Body, expand};

pub(super) fn view(view: &View, body: Body) -> TokenStream {
    let shape = &view.shape;
    let names = expand::Names::of(&shape.ident);
    let (model, repository, vis) = (&names.model, &names.repository, &shape.vis);
    let columns = expand::columns::structure(shape, &names);
    let doc = format!(
        "Reads [`{model}`]. Methods of your own go on it: `impl {repository}<'_, MySchema> {{ .. }}`."
    );
    let column_impls = expand::columns::impls(shape, &names);
    let record =
        expand::record::record(shape, &names, body, &quote!(View(<#model as ::schema_core::View>::DEF)));
    let assertions = match body {
        Body::Whole => expand::assertions::assertions(shape),
        Body::Stub => TokenStream::new(),
    };
    let definition = match body {
        Body::Whole => definition(view),
        Body::Stub => quote!(::schema_core::model::ViewDef::EMPTY),
    };
    let fields = shape.columns.iter().map(|column| &column.ident);
    let repository_impls = repository_impls(view, &names);
    quote! {
        #columns
        #[doc = #doc]
        #[derive(::core::fmt::Debug)]
        #[allow(dead_code)]
        #vis struct #repository<'h, __S: ::schema_core::Schema>(::schema_core::ViewRepository<'h, #model, __S>);
        #[allow(clippy::all, clippy::pedantic, clippy::nursery, unused_qualifications)]
        const _: () = {
            #column_impls
            #record
            #assertions
            #[automatically_derived]
            impl ::schema_core::View for #model {
                const DEF: &'static ::schema_core::model::ViewDef = &#definition;
            }
            #[automatically_derived]
            impl<__D: ::schema_core::HasView<#model>> ::schema_core::private::Placed<__D> for #model {}
            impl #model {
                /// A query over the view.
                #[allow(dead_code)]
                #vis fn query() -> ::schema_core::query::Query<Self> { <Self as ::schema_core::View>::query() }
            }
            #repository_impls
            // A view is read by SQL, whatever its program does with a field.
            const _: fn(&#model) = |view| { #(let _ = &view.#fields;)* };
        };
    }
}

fn definition(view: &View) -> TokenStream {
    let shape = &view.shape;
    let (name, model, doc) = (&shape.name, shape.ident.to_string(), &shape.doc);
    let columns = shape.columns.iter().map(|column| expand::definition::column(shape, column));
    let triggers = shape.triggers.iter().map(expand::definition::trigger);
    let sql = view.sql.as_ref().map(|sql| quote!(sql: #sql,));
    quote! {
        ::schema_core::model::ViewDef {
            name: ::std::borrow::Cow::Borrowed(#name),
            model: ::std::borrow::Cow::Borrowed(#model),
            source: ::std::borrow::Cow::Borrowed(::core::concat!(::core::file!(), ":", ::core::line!())),
            doc: ::std::borrow::Cow::Borrowed(#doc),
            columns: ::std::borrow::Cow::Borrowed(&[#(#columns),*]),
            #sql
            triggers: ::std::borrow::Cow::Borrowed(&[#(#triggers),*]),
            ..::schema_core::model::ViewDef::EMPTY
        }
    }
}

fn repository_impls(view: &View, names: &expand::Names) -> TokenStream {
    let (model, repository, vis) = (&names.model, &names.repository, &view.shape.vis);
    let target = format_ident!("ViewRepository");
    let handle = quote!(::schema_core::HasView);
    expand::repository::impls_of(model, repository, vis, &handle, &target)
}
