use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, spanned::Spanned};

use super::{Column, Names, Table};

/// What a column may be used for.
pub(crate) fn mark(table: &Table, column: &Column) -> TokenStream {
    let alone = |set: &Vec<Ident>| matches!(&set[..], [only] if *only == column.ident);
    let unique = column.unique.is_some() || alone(&table.key) || table.uniques.iter().any(alone);
    if column.generated.is_some() {
        quote!(::schema_core::expr::Generated)
    } else if unique {
        quote!(::schema_core::expr::Unique)
    } else {
        quote!(::schema_core::expr::Plain)
    }
}

fn set_name(set: &[Ident]) -> Ident {
    let names: Vec<String> = set.iter().map(|name| syn::ext::IdentExt::unraw(name).to_string()).collect();
    format_ident!("{}", names.join("_"))
}

pub(crate) fn structure(table: &Table, names: &Names) -> TokenStream {
    let Names { model, columns, .. } = names;
    let vis = &table.vis;
    let fields = table.columns.iter().map(|column| {
        let (ident, mark) = (&column.ident, mark(table, column));
        let (ty, nullable) = (column.column_type(), column.nullable_type());
        let doc = if column.doc.is_empty() { format!("`{}`.", column.name) } else { column.doc.clone() };
        // At the type's own place, so that a type that is no column type is reported once.
        let kind = format_ident!("{}", if table.is_required(column) { "Literal" } else { "Col" });
        let column_type = quote_spanned!(column.place()=> __M::#kind<#ty, #nullable, #mark>);
        quote!(#[doc = #doc] #vis #ident: #column_type)
    });
    let groups = table.groups.iter().map(|group| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        let doc = if group.doc.is_empty() { format!("`{ident}`.") } else { group.doc.clone() };
        quote!(#[doc = #doc] #vis #ident: #this::Columns<__M>)
    });
    let sets = table.sets().map(|set| {
        let name = set_name(set);
        let types = set.iter().filter_map(|column| table.column(column)).map(Column::column_type);
        quote!(#[doc = "Columns that are unique together."] #vis #name: __M::Set<(#(#types,)*)>)
    });
    // A table that was refused may have none, and a parameter has to be used.
    let none = table.columns.is_empty().then(|| quote!(__none: ::core::marker::PhantomData<fn() -> __M>,));
    let doc = format!("The columns of [`{model}`].");
    quote! {
        #[doc = #doc]
        #[allow(missing_debug_implementations)]
        #[allow(dead_code)]
        #vis struct #columns<__M: ::schema_core::expr::Mode> {
            __alias: ::schema_core::expr::Alias,
            #(#fields,)*
            #(#groups,)*
            #(#sets,)*
            #none
        }
    }
}

pub(crate) fn impls(table: &Table, names: &Names) -> TokenStream {
    let Names { model, columns, .. } = names;
    let chosen = chosen(table, names);
    quote! {
        #chosen
        #[automatically_derived]
        impl<__M: ::schema_core::expr::Mode> ::core::clone::Clone for #columns<__M> {
            fn clone(&self) -> Self { *self }
        }
        #[automatically_derived]
        impl<__M: ::schema_core::expr::Mode> ::core::marker::Copy for #columns<__M> {}
        #[automatically_derived]
        impl<__M: ::schema_core::expr::Mode> ::schema_core::expr::Columns for #columns<__M> {
            type Mode = __M;
            type Record = #model;
            fn alias(&self) -> ::schema_core::expr::Alias { self.__alias }
        }
    }
}

/// How columns are chosen by name at run time.
fn chosen(table: &Table, names: &Names) -> TokenStream {
    let Names { model, columns, .. } = names;
    let vis = &table.vis;
    // What a foreign key calls the row that it references is a method, too, and comes first.
    let is_free = |name: &str| {
        let is_named = |column: &Column| {
            let field = column.ident.to_string();
            column.foreign_key.is_some() && field.strip_suffix("_id").unwrap_or(&field) == name
        };
        !table.columns.iter().any(is_named)
    };
    let by_name = is_free("by_name").then(|| {
        quote! {
            /// The column of a field, chosen at run time; an unknown name is an error that lists the known ones.
            /// For names that a person typed: `allow`.
            #[allow(dead_code)]
            #vis fn by_name(name: &str) -> ::schema_core::Result<::schema_core::query::Named<#model>> {
                ::schema_core::query::Named::find(name)
            }
        }
    });
    let allow = is_free("allow").then(|| {
        quote! {
            /// The columns that may be chosen by name at run time, and no others.
            #[allow(dead_code)]
            #vis fn allow<const __N: usize>(
                columns: impl ::core::ops::FnOnce(
                    #columns<::schema_core::expr::Places>,
                ) -> [::schema_core::expr::Place; __N],
            ) -> ::schema_core::query::Allowed<#model> {
                ::schema_core::query::Allowed::new(columns)
            }
        }
    });
    quote! {
        impl #columns<::schema_core::expr::Required> {
            #by_name
            #allow
        }
    }
}

/// The literal of the columns struct.
pub(super) fn literal(table: &Table, names: &Names) -> TokenStream {
    let columns = &names.columns;
    let fields = table.columns.iter().zip(0_u16..).map(|(column, index)| {
        let ident = &column.ident;
        let typed = column.of_type(if table.is_required(column) { "literal" } else { "column" });
        let arguments = quote!(alias, #index);
        let made = quote_spanned!(column.ty.span()=> #typed::<__M, _, _>(#arguments));
        quote!(#ident: #made)
    });
    let groups = super::groups::each(table).map(|(group, at)| {
        let (ident, this) = (&group.ident, super::groups::of(group));
        quote!(#ident: #this::columns::<__M>(alias, #at as u16))
    });
    let sets = table.sets().map(|set| {
        let name = set_name(set);
        let positions = set.iter().map(|column| u16::try_from(table.position(column)).unwrap_or(u16::MAX));
        quote!(#name: __M::set(&[#(#positions),*]))
    });
    let none = table.columns.is_empty().then(|| quote!(__none: ::core::marker::PhantomData,));
    quote!(#columns { __alias: alias, #(#fields,)* #(#groups,)* #(#sets,)* #none })
}
