//! What foreign keys of one column say of rows: `b.author()` of a child, `a.books()` of its parent.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, ext::IdentExt, spanned::Spanned};

use super::{
    Column, Names, Table,
    definition::{named_parent, of_parent},
};
use crate::{names, table::ir::ForeignKey};

/// A foreign key of one column.
struct Reference<'t> {
    column: &'t Column,
    key: &'t ForeignKey,
    position: u16,
}

impl<'t> Reference<'t> {
    fn all(table: &'t Table) -> Vec<Self> {
        (0..)
            .zip(&table.columns)
            .filter_map(|(position, column)| {
                let key = column.foreign_key.as_ref()?;
                (key.references.columns.len() < 2).then_some(Self { column, key, position })
            })
            .collect()
    }

    /// `author` for `author_id`.
    fn base(&self) -> String {
        let field = self.column.ident.unraw().to_string();
        field.strip_suffix("_id").map(str::to_owned).filter(|base| !base.is_empty()).unwrap_or(field)
    }

    fn parent(&self) -> String {
        let path = &self.key.references.table;
        quote!(#path).to_string()
    }

    fn is_self(&self, table: &Table) -> bool {
        let path = &self.key.references.table;
        path.is_ident(&table.ident)
    }
}

/// A name that can be written as a method's.
fn method(name: &str) -> Option<Ident> {
    syn::parse_str::<Ident>(name).ok().or_else(|| syn::parse_str(&format!("r#{name}")).ok())
}

/// The trait through which a parent has others: `AuthorHasBooks`.
fn marker(parent: &syn::Path, name: &str) -> Option<Ident> {
    let parent = &parent.segments.last()?.ident;
    Some(format_ident!("{}Has{}", parent.unraw(), names::camel_case(name)))
}

/// The parents of a row: methods of its columns.
pub(super) fn methods(table: &Table, names: &Names) -> TokenStream {
    let (columns, model, vis) = (&names.columns, &names.model, &table.vis);
    let mut taken: Vec<String> = Vec::new();
    let methods: Vec<TokenStream> = Reference::all(table)
        .iter()
        .filter_map(|key| {
            let base = key.base();
            if taken.contains(&base) {
                return None;
            }
            taken.push(base.clone());
            let (name, position) = (method(&base)?, key.position);
            let parent = &key.key.references.table;
            let rows = named_parent(parent, "rows");
            let definition = of_parent(parent, "Table", "DEF");
            let cardinality = if key.column.nullable {
                quote!(::schema_core::query::Optional)
            } else {
                quote!(::schema_core::query::One)
            };
            let doc = format!("The row that `{}` references.", key.column.ident.unraw());
            Some(quote_spanned! {parent.span()=>
                #[doc = #doc]
                #[allow(dead_code)]
                #vis fn #name(self) -> ::schema_core::query::Related<#parent, #cardinality> {
                    ::schema_core::query::Related::parent(
                        #rows(), #definition, <#model as ::schema_core::Table>::DEF, self.__alias, #position,
                    )
                }
            })
        })
        .collect();
    if methods.is_empty() {
        return TokenStream::new();
    }
    quote! {
        impl<__M: ::schema_core::query::WholeRow> #columns<__M> {
            #(#methods)*
        }
    }
}

/// The rows that belong to a parent, as methods of its columns: in traits, since the parent may be of
/// another crate.
pub(super) fn traits(table: &Table, names: &Names) -> TokenStream {
    let keys = Reference::all(table);
    let model = &names.model;
    let one_row = |column: &Column| {
        column.unique.is_some()
            || matches!(&table.key[..], [only] if *only == column.ident)
            || table.uniques.iter().any(|set| matches!(&set[..], [only] if *only == column.ident))
    };
    let singular = names::snake_case(&model.unraw().to_string());
    let children = keys.iter().filter_map(|key| {
        let alone = keys.iter().filter(|other| other.parent() == key.parent()).count() == 1;
        let (cardinality, rows) = match one_row(key.column) {
            true => (quote!(::schema_core::query::Optional), singular.clone()),
            false => (quote!(::schema_core::query::Many), names::plural(&singular)),
        };
        let name = match &key.key.inverse {
            Some(name) => name.value(),
            None if key.is_self(table) => return None,
            None if alone => rows,
            None => format!("{rows}_as_{}", key.base()),
        };
        let (position, place) = (key.position, key.key.references.table.span());
        let parent = of_parent(&key.key.references.table, "Table", "DEF");
        let doc =
            format!("The rows of [`{model}`] whose `{}` references this one.", key.column.ident.unraw());
        Some(Inverse {
            method: method(&name)?,
            marker: marker(&key.key.references.table, &name)?,
            parent: key.key.references.table.clone(),
            result: quote_spanned!(place=> ::schema_core::query::Related<#model, #cardinality>),
            body: quote_spanned!(place=> ::schema_core::query::Related::children(
                <#model as ::schema_core::Table>::query(),
                #parent,
                <#model as ::schema_core::Table>::DEF,
                ::schema_core::expr::Columns::alias(&self),
                #position,
            )),
            doc,
        })
    });
    let joined = table.joins.iter().flat_map(|[left, right]| [(left, right), (right, left)]).filter_map(
        |(from, to)| {
            let key = |name: &Ident| keys.iter().find(|key| key.column.ident == *name);
            let (from, to) = (key(from)?, key(to)?);
            let name = names::plural(&to.base());
            let place = from.key.references.table.span();
            let this = of_parent(&from.key.references.table, "Table", "DEF");
            let that = of_parent(&to.key.references.table, "Table", "DEF");
            let rows = named_parent(&to.key.references.table, "rows");
            let (other, from_position, to_position) = (&to.key.references.table, from.position, to.position);
            Some(Inverse {
                method: method(&name)?,
                marker: marker(&from.key.references.table, &name)?,
                parent: from.key.references.table.clone(),
                result: quote_spanned!(place=> ::schema_core::query::Related<#other, ::schema_core::query::Many>),
                body: quote_spanned!(place=> ::schema_core::query::Related::through(
                    #rows(),
                    [#this, <#model as ::schema_core::Table>::DEF, #that],
                    ::schema_core::expr::Columns::alias(&self),
                    [#from_position, #to_position],
                )),
                doc: format!("The rows that [`{model}`] ties to this one."),
            })
        },
    );
    let traits = children.chain(joined).map(|inverse| inverse.written(table));
    quote!(#(#traits)*)
}

struct Inverse {
    method: Ident,
    marker: Ident,
    parent: syn::Path,
    result: TokenStream,
    body: TokenStream,
    doc: String,
}

impl Inverse {
    fn written(self, table: &Table) -> TokenStream {
        let Self { method, marker, parent, result, body, doc } = self;
        let vis = &table.vis;
        // An impl for each mode: for a method that is not there, rustc then tells no bounds.
        let columns = of_parent(&parent, "Record", "Columns");
        quote_spanned! {parent.span()=>
            #[doc = #doc]
            #[allow(dead_code, private_bounds, private_interfaces, unreachable_pub)]
            #vis trait #marker: ::core::marker::Sized {
                #[doc = #doc]
                fn #method(self) -> #result;
            }
            #[automatically_derived]
            impl #marker for #columns<::schema_core::expr::Required> {
                fn #method(self) -> #result {
                    #body
                }
            }
            #[automatically_derived]
            impl #marker for #columns<::schema_core::expr::Nullable> {
                fn #method(self) -> #result {
                    #body
                }
            }
        }
    }
}
