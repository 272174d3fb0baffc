//! Fields whose fields are columns of the table. They stand behind the table's own columns, so that
//! the positions of those are known here; those of a group begin at a constant.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Ident;

use super::Table;
use crate::table::ir::Group;

/// The groups, each with the name of the constant that is its first position.
pub(super) fn each(table: &Table) -> impl Iterator<Item = (&Group, Ident)> {
    table.groups.iter().enumerate().map(|(number, group)| (group, format_ident!("__GROUP_{number}")))
}

/// `<Audit as ColumnGroup>`. The constant is an error where it is none, and what an error stands in is told
/// no more: so the missing derive is reported once, and not at every use.
pub(super) fn of(group: &Group) -> TokenStream {
    let ty = &group.ty;
    quote_spanned!(group.place()=> <#ty as ::schema_core::ColumnGroup<{ ::schema_core::private::is_group::<#ty>() }>>)
}

/// Where each group begins.
pub(super) fn positions(table: &Table) -> TokenStream {
    let mut next = {
        let own = table.columns.len();
        quote!(#own)
    };
    each(table)
        .map(|(group, name)| {
            let this = of(group);
            let constant = quote!(const #name: usize = #next;);
            next = quote!(#name + #this::COLUMNS.len());
            constant
        })
        .collect()
}

/// The columns of the table's definition.
pub(super) fn columns(table: &Table, own: &[TokenStream]) -> TokenStream {
    if table.groups.is_empty() {
        return quote!(::std::borrow::Cow::Borrowed(&[#(#own),*]));
    }
    let strict = table.strict.is_some();
    let groups = table.groups.iter().map(|group| {
        let field = syn::ext::IdentExt::unraw(&group.ident).to_string();
        let prefix = group.prefix.as_ref().map(syn::LitStr::value).unwrap_or_default();
        let this = of(group);
        quote!(::schema_core::private::GroupField { field: #field, prefix: #prefix, columns: #this::COLUMNS })
    });
    let own_width = table.columns.len();
    quote! {
        ::std::borrow::Cow::Borrowed({
            const OWN: &[::schema_core::model::ColumnDef] = &[#(#own),*];
            const GROUPS: &[::schema_core::private::GroupField] = &[#(#groups),*];
            const GROUPED: usize = ::schema_core::private::group_width(GROUPS);
            const TEXTS: &[::schema_core::private::Texts; GROUPED] =
                &::schema_core::private::group_texts::<GROUPED>(GROUPS);
            const ALL: &[::schema_core::model::ColumnDef; #own_width + GROUPED] =
                &::schema_core::private::with_groups::<{ #own_width + GROUPED }>(OWN, GROUPS, TEXTS, #strict);
            ALL
        })
    }
}

/// What only the group's struct tells, and may contradict the table.
pub(super) fn assertions(table: &Table) -> TokenStream {
    let model = &table.ident;
    let Some(first) = table.groups.first() else { return TokenStream::new() };
    let span = first.span.resolved_at(Span::call_site());
    let twice = format!(
        "two columns of `{model}` have one name: give the flattened field a prefix, `#[column(flatten, prefix = \"..\")]`"
    );
    let roles = format!(
        "`{model}` has two columns for one thing (created_at, updated_at, soft_delete or version): keep one of them"
    );
    let whole = quote_spanned! {span=>
        const _: () = {
            ::core::assert!(
                ::schema_core::private::names_differ(<#model as ::schema_core::Table>::DEF), #twice
            );
            ::core::assert!(
                ::schema_core::private::roles_differ(<#model as ::schema_core::Table>::DEF), #roles
            );
        };
    };
    let append_only = table.append_only.map(|_| {
        let message = format!(
            "rows of `{model}` are never changed (`append_only`): its groups have no updated_at, soft_delete or version"
        );
        quote_spanned! {span=>
            const _: () = ::core::assert!(
                ::schema_core::private::never_changes(<#model as ::schema_core::Table>::DEF), #message
            );
        }
    });
    let defaults = table.groups.iter().filter(|group| group.default).map(|group| {
        let this = of(group);
        let span = group.span.resolved_at(Span::call_site());
        let ty = &group.ty;
        let message = format!(
            "`flatten, default` leaves `{}` out of `New{model}`, and `{}` has columns without a default: give each one, \
             or remove `default`",
            group.ident,
            quote!(#ty),
        );
        quote_spanned!(span=> const _: () = ::core::assert!(#this::REQUIRED == 0, #message);)
    });
    quote!(#whole #append_only #(#defaults)*)
}

/// The checks of the table and its groups.
pub(super) fn checks(table: &Table, own: &[TokenStream]) -> TokenStream {
    let parts = each(table).map(|(group, at)| {
        let this = of(group);
        quote!((#at as u16, #this::CHECKS))
    });
    let widths = table.groups.iter().map(|group| {
        let this = of(group);
        quote!(#this::CHECKS.len())
    });
    let width = own.len();
    quote! {
        const CHECKS: &'static [::schema_core::repository::FieldCheck] = &{
            const OWN: &[::schema_core::repository::FieldCheck] = &[#(#own),*];
            ::schema_core::private::join_checks::<{ #width #(+ #widths)* }>(OWN, &[#(#parts),*])
        };
    }
}

/// A statement that may fail, with its error handed on.
pub(super) fn handed_on(group: &Group, fallible: &TokenStream) -> TokenStream {
    quote_spanned! {group.place()=>
        if let ::core::result::Result::Err(error) = #fallible {
            return ::core::result::Result::Err(error);
        }
    }
}

/// A value that may fail, with its error handed on.
pub(super) fn or_return(group: &Group, fallible: &TokenStream) -> TokenStream {
    quote_spanned! {group.place()=>
        match #fallible {
            ::core::result::Result::Ok(value) => value,
            ::core::result::Result::Err(error) => return ::core::result::Result::Err(error),
        }
    }
}
