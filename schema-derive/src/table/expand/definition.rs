//! The table as `const` data.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Expr, Ident, LitStr, spanned::Spanned};

use super::{Column, Table};
use crate::{
    attribute::Sql,
    table::{
        attr::{IndexTarget, IndexWords},
        ir::{Default, ForeignKey, Role, Trigger},
    },
    types::Known,
};

fn cow(text: &str) -> TokenStream {
    quote!(::std::borrow::Cow::Borrowed(#text))
}

fn some(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(
        || quote!(::core::option::Option::None),
        |value| quote!(::core::option::Option::Some(#value)),
    )
}

fn some_text(text: Option<&LitStr>) -> TokenStream {
    some(text.map(|text| quote!(::std::borrow::Cow::Borrowed(#text))))
}

fn list(items: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let items = items.into_iter();
    quote!(::std::borrow::Cow::Borrowed(&[#(#items),*]))
}

pub(super) fn table(table: &Table) -> TokenStream {
    let (name, model, doc) = (cow(&table.name), cow(&table.ident.to_string()), cow(&table.doc));
    let columns: Vec<TokenStream> = table.columns.iter().map(|column| self::column(table, column)).collect();
    let columns = super::groups::columns(table, &columns);
    let primary_key = some((!table.key.is_empty()).then(|| primary_key(table)));
    let uniques = list(uniques(table));
    let foreign_keys = list(foreign_keys(table).map(|key| foreign_key(table, key)));
    let checks = list(checks(table));
    let indexes = list(indexes(table));
    let triggers = list(table.triggers.iter().map(trigger));
    let (strict, without_rowid) = (table.strict.is_some(), table.without_rowid.is_some());
    let append_only = table.append_only.is_some();
    let renamed_from = some_text(table.renamed_from.as_ref());
    let rare = rare(table);
    quote! {
        ::schema_core::model::TableDef {
            name: #name,
            model: #model,
            source: ::std::borrow::Cow::Borrowed(::core::concat!(::core::file!(), ":", ::core::line!())),
            doc: #doc,
            columns: #columns,
            primary_key: #primary_key,
            uniques: #uniques,
            foreign_keys: #foreign_keys,
            checks: #checks,
            indexes: #indexes,
            triggers: #triggers,
            strict: #strict,
            without_rowid: #without_rowid,
            append_only: #append_only,
            renamed_from: #renamed_from,
            #rare
            ..::schema_core::model::TableDef::EMPTY
        }
    }
}

/// What few tables have, and the others leave to `EMPTY`.
fn rare(table: &Table) -> TokenStream {
    let full_text = table.full_text.as_ref().map(|index| {
        let index = super::full_text::definition(table, index);
        quote!(full_text: ::std::borrow::Cow::Borrowed(&[#index]),)
    });
    let allowed = (!table.allowed.is_empty()).then(|| {
        let pairs = table.allowed.iter().map(|(code, reason)| {
            let code = code.to_string();
            quote!((::std::borrow::Cow::Borrowed(#code), ::std::borrow::Cow::Borrowed(#reason)))
        });
        quote!(allowed: ::std::borrow::Cow::Borrowed(&[#(#pairs),*]),)
    });
    let sql = table.definition.as_ref().map(|text| {
        let text = some_text(Some(text));
        quote!(sql: #text,)
    });
    quote!(#full_text #allowed #sql)
}

pub(crate) fn trigger(trigger: &Trigger) -> TokenStream {
    let (name, sql) = (&trigger.name, &trigger.sql);
    quote!(::schema_core::model::TriggerDef { name: ::std::borrow::Cow::Borrowed(#name), sql: #sql })
}

pub(crate) fn column(table: &Table, column: &Column) -> TokenStream {
    let (name, field) = (&column.name, syn::ext::IdentExt::unraw(&column.ident).to_string());
    let (doc, nullable) = (&column.doc, column.nullable);
    let sql_type = column.sql_type.as_ref().map_or_else(
        || {
            let spelled =
                format_ident!("{}", if table.strict.is_some() { "sqlite_strict" } else { "sqlite" });
            let storage = column.of_type("STORAGE");
            quote!(#storage.#spelled())
        },
        |declared| quote!(#declared),
    );
    let mut with = Vec::new();
    if let Some(default) = default(table, column) {
        with.push(quote!(.with_default(#default)));
    }
    if let Some(collation) = &column.collate {
        with.push(quote!(.with_collation(#collation)));
    }
    if let Some((sql, storage)) = &column.generated {
        let storage = format_ident!("{storage}");
        with.push(quote!(.with_generated(#sql, ::schema_core::model::GeneratedStorage::#storage)));
    }
    // Only these can have a domain; the others need not be evaluated.
    let has_domain = matches!(column.known, Known::Boolean | Known::Unknown) && column.json.is_none();
    if has_domain && column.unchecked.is_none() {
        let domain = column.of_type("DOMAIN");
        with.push(quote!(.with_domain(#domain)));
    }
    let has_time =
        matches!(column.known, Known::Instant | Known::Day | Known::Unknown) && column.json.is_none();
    if has_time {
        let time = column.of_type("TIME");
        with.push(quote!(.with_time(#time)));
    }
    if let Some((_, role)) = column.role {
        let role = match role {
            Role::CreatedAt => quote!(CreatedAt),
            Role::UpdatedAt => quote!(UpdatedAt),
            Role::SoftDelete => quote!(SoftDelete),
            Role::Version => quote!(Version),
        };
        with.push(quote!(.with_role(::schema_core::model::ColumnRole::#role)));
    }
    if column.optional.is_some() {
        with.push(quote!(.with_optional()));
    }
    if let Some(sql) = &column.backfill {
        with.push(quote!(.with_backfill(#sql)));
    }
    if let Some(sql) = &column.convert {
        with.push(quote!(.with_convert(#sql)));
    }
    if let Some(old) = &column.renamed_from {
        with.push(quote!(.with_renamed_from(#old)));
    }
    quote!(::schema_core::model::ColumnDef::declared(#name, #field, #doc, #sql_type, #nullable) #(#with)*)
}

fn default(table: &Table, column: &Column) -> Option<TokenStream> {
    if let Some((_, role)) = column.role {
        return match role {
            Role::CreatedAt | Role::UpdatedAt => Some(quote!(::schema_core::model::DefaultDef::Now)),
            Role::Version => Some(quote!(::schema_core::model::DefaultDef::Integer(1))),
            Role::SoftDelete => None,
        };
    }
    let _ = table;
    Some(match column.default.as_ref()? {
        Default::RowId(_) => return None,
        Default::UuidV7(_) => quote!(::schema_core::model::DefaultDef::UuidV7),
        Default::Now(_) => quote!(::schema_core::model::DefaultDef::Now),
        Default::Sql(sql) => quote!(::schema_core::model::DefaultDef::Sql(#sql)),
        Default::Value(value) => value_default(column, value),
    })
}

fn value_default(column: &Column, value: &Expr) -> TokenStream {
    let span = value.span();
    let base = &column.base;
    match column.known {
        Known::Integer => quote_spanned! {span=>
            ::schema_core::model::DefaultDef::Integer({
                const VALUE: #base = #value;
                ::core::assert!(
                    VALUE as i128 <= i64::MAX as i128,
                    "the default is over 9223372036854775807, the largest integer that SQL stores"
                );
                VALUE as i64
            })
        },
        Known::Float if matches!(value, Expr::Lit(literal) if matches!(literal.lit, syn::Lit::Int(_))) => {
            quote_spanned!(span=> ::schema_core::model::DefaultDef::Real(#value as f64))
        }
        Known::Float => quote_spanned! {span=>
            ::schema_core::model::DefaultDef::Real({ const VALUE: #base = #value; VALUE as f64 })
        },
        Known::Boolean => quote_spanned!(span=> ::schema_core::model::DefaultDef::Boolean(#value)),
        Known::Text => {
            quote_spanned!(span=> ::schema_core::model::DefaultDef::Text(::std::borrow::Cow::Borrowed(#value)))
        }
        // An enum's variant: `SqlEnum` says its text.
        _ => quote_spanned! {span=>
            ::schema_core::model::DefaultDef::Text(::std::borrow::Cow::Borrowed({ const VALUE: #base = #value; VALUE.as_str() }))
        },
    }
}

fn key_columns(table: &Table, names: &[Ident]) -> TokenStream {
    list(names.iter().filter_map(|name| table.column(name)).map(|column| {
        let name = &column.name;
        quote!(::schema_core::model::KeyColumn::new(#name))
    }))
}

fn primary_key(table: &Table) -> TokenStream {
    let columns = key_columns(table, &table.key);
    let keys: Vec<&Column> = table.key.iter().filter_map(|name| table.column(name)).collect();
    let autoincrement = keys.iter().any(|column| column.autoincrement.is_some());
    let rowid_alias = keys.iter().any(|column| table.is_rowid_key(column));
    quote! {
        ::schema_core::model::PrimaryKeyDef {
            name: ::core::option::Option::None,
            columns: #columns,
            autoincrement: #autoincrement,
            conflict: ::core::option::Option::None,
            rowid_alias: #rowid_alias,
        }
    }
}

fn uniques(table: &Table) -> Vec<TokenStream> {
    let single = table
        .columns
        .iter()
        .filter(|column| column.unique.is_some())
        .map(|column| vec![column.ident.clone()]);
    let all: Vec<Vec<Ident>> = single.chain(table.uniques.iter().cloned()).collect();
    all.iter()
        .map(|set| {
            let columns = key_columns(table, set);
            quote! {
                ::schema_core::model::UniqueDef {
                    name: ::core::option::Option::None, columns: #columns, conflict: ::core::option::Option::None,
                }
            }
        })
        .collect()
}

pub(super) fn foreign_keys(table: &Table) -> impl Iterator<Item = &ForeignKey> {
    table.columns.iter().filter_map(|column| column.foreign_key.as_ref()).chain(&table.foreign_keys)
}

/// What the parent of a foreign key says as a `NamedTable`. That it is no table, the compiler says once,
/// since it is always asked at one place and in one way.
pub(super) fn named_parent(parent: &syn::Path, name: &str) -> TokenStream {
    let name = format_ident!("{name}", span = parent.span());
    quote_spanned!(parent.span()=> <#parent as ::schema_core::NamedTable>::#name)
}

/// What the parent of a foreign key says as a `Table` or a `Record`.
pub(super) fn of_parent(parent: &syn::Path, as_trait: &str, name: &str) -> TokenStream {
    let itself = named_parent(parent, "Itself");
    let [as_trait, name] = [as_trait, name].map(|word| format_ident!("{word}", span = parent.span()));
    quote_spanned!(parent.span()=> <#itself as ::schema_core::#as_trait>::#name)
}

fn foreign_key(table: &Table, key: &ForeignKey) -> TokenStream {
    let parent = &key.references.table;
    let columns =
        list(key.columns.iter().filter_map(|name| table.column(name)).map(|column| cow(&column.name)));
    let references = list(key.references.columns.iter().map(|column| {
        let field = syn::ext::IdentExt::unraw(column).to_string();
        let names = named_parent(parent, "COLUMNS");
        quote!(::std::borrow::Cow::Borrowed(::schema_core::private::column_name(#names, #field)))
    }));
    let (on_delete, on_update) = (format_ident!("{}", key.on_delete), format_ident!("{}", key.on_update));
    let deferrable = format_ident!("{}", key.deferrable);
    // Not the parent's `DEF`: two tables may reference each other, and a constant that needs itself does
    // not compile.
    let name = named_parent(parent, "NAME");
    let parent_name = quote!(::std::borrow::Cow::Borrowed(#name));
    quote_spanned! {key.span=>
        ::schema_core::model::ForeignKeyDef {
            name: ::core::option::Option::None,
            columns: #columns,
            table: #parent_name,
            references: #references,
            on_delete: ::schema_core::model::ForeignKeyAction::#on_delete,
            on_update: ::schema_core::model::ForeignKeyAction::#on_update,
            deferrable: ::schema_core::model::Deferrable::#deferrable,
        }
    }
}

/// `<table>_<column>_check` for a column's, their own name for the table's.
fn checks(table: &Table) -> Vec<TokenStream> {
    let check = |name: &str, sql: &Sql, column: Option<&str>| {
        let (name, column) = (cow(name), some(column.map(cow)));
        quote! {
            ::schema_core::model::CheckDef { name: ::core::option::Option::Some(#name), expression: #sql, column: #column }
        }
    };
    let columns = table.columns.iter().filter_map(|column| {
        let sql = column.check.as_ref()?;
        Some(check(&format!("{}_{}_check", table.name, column.name), sql, Some(&column.name)))
    });
    columns.chain(table.checks.iter().map(|(name, sql)| check(&name.to_string(), sql, None))).collect()
}

fn indexes(table: &Table) -> Vec<TokenStream> {
    let single = table.columns.iter().filter(|column| column.index.is_some()).map(|column| {
        let part = index_part(&cow_target(&column.name), None, false);
        index(&format!("{}_{}_idx", table.name, column.name), &[part], false, None, None)
    });
    single.chain(table.indexes.iter().map(|words| words_index(table, words))).collect()
}

fn cow_target(column: &str) -> TokenStream {
    let name = cow(column);
    quote!(::schema_core::model::IndexTarget::Column(#name))
}

fn index_part(target: &TokenStream, collation: Option<&str>, descending: bool) -> TokenStream {
    let collation = some(collation.map(|name| cow(&name.to_uppercase())));
    quote!(::schema_core::model::IndexPart { target: #target, collation: #collation, descending: #descending })
}

fn index(
    name: &str,
    parts: &[TokenStream],
    unique: bool,
    filter: Option<&Sql>,
    whole: Option<&LitStr>,
) -> TokenStream {
    let (name, whole) = (cow(name), some_text(whole));
    let filter = some(filter.map(|sql| quote!(#sql)));
    quote! {
        ::schema_core::model::IndexDef {
            name: #name,
            parts: ::std::borrow::Cow::Borrowed(&[#(#parts),*]),
            unique: #unique,
            filter: #filter,
            sql: #whole,
        }
    }
}

fn words_index(table: &Table, words: &IndexWords) -> TokenStream {
    let parts: Vec<TokenStream> = words
        .parts
        .iter()
        .map(|part| {
            let target = match &part.target {
                IndexTarget::Column(name) => {
                    cow_target(table.column(name).map_or("", |column| column.name.as_str()))
                }
                IndexTarget::Expression(sql) => {
                    quote!(::schema_core::model::IndexTarget::Expression(#sql))
                }
            };
            index_part(&target, part.collation.as_deref(), part.descending)
        })
        .collect();
    let whole = words.whole.as_ref().map(|(text, ..)| text);
    index(&index_name(table, words), &parts, words.unique, words.filter.as_ref(), whole)
}

/// `<table>_<columns>_idx`, or the name that was given.
fn index_name(table: &Table, words: &IndexWords) -> String {
    if let Some((_, name, _)) = &words.whole {
        return name.clone();
    }
    if let Some(name) = &words.name {
        return name.value();
    }
    let parts = words.parts.iter().map(|part| match &part.target {
        IndexTarget::Column(name) => table.column(name).map_or("", |column| column.name.as_str()),
        IndexTarget::Expression(_) => "expr",
    });
    let parts = parts.collect::<Vec<_>>().join("_");
    format!("{}_{parts}_{}", table.name, if words.unique { "key" } else { "idx" })
}

/// The names of the table's indexes, with the places that they come from.
pub(super) fn index_names(table: &Table) -> Vec<(Span, String)> {
    let columns = table
        .columns
        .iter()
        .filter_map(|column| Some((column.index?, format!("{}_{}_idx", table.name, column.name))));
    let indexes = table.indexes.iter().map(|words| {
        let span = words.name.as_ref().map_or(words.span, LitStr::span);
        (span, index_name(table, words))
    });
    columns.chain(indexes).collect()
}
