//! The macros of `schema-core` and `schema-migrate`: attributes in, items of theirs out.
//!
//! A folder a macro, and in each the same four steps: `attr` reads attributes, `ir` says what they
//! mean, `validate` finds what contradicts, `expand` writes the code.

mod attribute;
mod embed;
mod errors;
mod group;
mod migration;
mod names;
mod row;
mod schema;
mod sql_enum;
mod sql_type;
mod statement;
mod table;
mod types;
mod view;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Turns a struct into a table. Attributes are listed in the project's guide to models.
#[proc_macro_derive(Table, attributes(table, column))]
pub fn derive_table(input: TokenStream) -> TokenStream {
    table::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Turns a struct into a view, which is only read. Attributes are listed in the project's guide to models.
#[proc_macro_derive(View, attributes(view, column))]
pub fn derive_view(input: TokenStream) -> TokenStream {
    view::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Turns a struct into the row of a query: `select(|b| TitleRowSelect { title: b.title, .. })`.
#[proc_macro_derive(Row, attributes(row, column))]
pub fn derive_row(input: TokenStream) -> TokenStream {
    row::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Turns a struct into columns that several tables have in common: `#[column(flatten)] audit: Audit`.
#[proc_macro_derive(ColumnGroup, attributes(column))]
pub fn derive_column_group(input: TokenStream) -> TokenStream {
    group::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Stores an enum without fields as text, with a CHECK of its variants.
#[proc_macro_derive(SqlEnum, attributes(sql_enum))]
pub fn derive_sql_enum(input: TokenStream) -> TokenStream {
    sql_enum::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Stores a struct of one unnamed field as that field.
#[proc_macro_derive(SqlType)]
pub fn derive_sql_type(input: TokenStream) -> TokenStream {
    sql_type::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Makes a function the Rust step of a revision, which `.step(rekey)` registers by its name.
///
/// `#[migration("20251127143055_rekey", down)]` is its way back.
#[proc_macro_attribute]
pub fn migration(attribute: TokenStream, item: TokenStream) -> TokenStream {
    migration::expand(attribute.into(), item.into()).into()
}

/// Declares a schema: a type that stands for the tables of one database.
#[proc_macro]
pub fn schema(input: TokenStream) -> TokenStream {
    schema::expand(input.into()).into()
}

/// Makes migration files part of the program: `embed_migrations! { App, "migrations" }` implements
/// `Embedded` for a schema, `embed_migrations!("migrations")` gives the files.
#[proc_macro]
pub fn embed_migrations(input: TokenStream) -> TokenStream {
    embed::expand(input.into()).into()
}
