//! Objects without a struct: `sql: ["CREATE VIEW ..", "CREATE VIRTUAL TABLE .."]`.

use std::collections::HashSet;

use proc_macro2::TokenStream;
use quote::quote;
use syn::LitStr;

use crate::{
    errors::Errors,
    statement::{self, Created, Kind},
};

/// The statements of a schema, each with what it creates.
pub(super) struct Objects {
    pub(super) views: Vec<(Created, LitStr)>,
    virtual_tables: Vec<(Created, LitStr)>,
    triggers: Vec<(Created, LitStr)>,
}

impl Objects {
    /// Sorts the statements by what they create.
    pub(super) fn read(statements: &[LitStr], errors: &Errors) -> Self {
        let mut objects = Self { views: Vec::new(), virtual_tables: Vec::new(), triggers: Vec::new() };
        let mut names = HashSet::new();
        for text in statements {
            let Some(created) = statement::created(&text.value()) else {
                errors.at(
                    text,
                    "`sql` lists whole statements: `CREATE VIEW ..`, `CREATE VIRTUAL TABLE ..`, and `CREATE TRIGGER ..` on one of these views",
                );
                continue;
            };
            if created.temporary {
                errors.at(text, "an object of a schema is there for every connection: take `TEMP` away");
                continue;
            }
            // A trigger may have the name of a view; two triggers, or two tables, may not.
            if !names.insert((created.kind == Kind::Trigger, created.name.to_ascii_lowercase())) {
                errors.at(text, format_args!("`{}` is created twice: remove one of them", created.name));
                continue;
            }
            let list = match created.kind {
                Kind::View => &mut objects.views,
                Kind::VirtualTable => &mut objects.virtual_tables,
                Kind::Trigger => &mut objects.triggers,
                Kind::Table => {
                    errors.at(
                        text,
                        "a table has a struct: `#[derive(Table)]` with `#[table(definition = \"CREATE TABLE ..\")]`",
                    );
                    continue;
                }
                Kind::Index => {
                    errors.at(
                        text,
                        "an index stands with its table's struct: `#[table(index(sql = \"CREATE INDEX ..\"))]`",
                    );
                    continue;
                }
            };
            list.push((created, text.clone()));
        }
        for (trigger, text) in &objects.triggers {
            if !objects.views.iter().any(|(view, _)| trigger.is_on(view)) {
                errors.at(
                    text,
                    format_args!(
                        "`{}` is on `{}`, which is no view of this list: write it on its struct, `#[table(trigger(sql = \"..\"))]`",
                        trigger.name,
                        trigger.on.as_deref().unwrap_or_default()
                    ),
                );
            }
        }
        objects
    }

    /// The names of its views and virtual tables, with the statements.
    pub(super) fn names(&self) -> impl Iterator<Item = &(Created, LitStr)> {
        self.views.iter().chain(&self.virtual_tables)
    }

    pub(super) fn view_defs(&self) -> impl Iterator<Item = TokenStream> {
        self.views.iter().map(|(view, text)| {
            let name = &view.name;
            let triggers =
                self.triggers.iter().filter(|(trigger, _)| trigger.is_on(view)).map(|(trigger, text)| {
                    let name = &trigger.name;
                    quote! {
                        ::schema_core::model::TriggerDef {
                            name: ::std::borrow::Cow::Borrowed(#name),
                            sql: ::schema_core::model::SqlText::any(#text),
                        }
                    }
                });
            quote! {
                ::std::borrow::Cow::Borrowed(&::schema_core::model::ViewDef {
                    name: ::std::borrow::Cow::Borrowed(#name),
                    sql: ::schema_core::model::SqlText::any(#text),
                    triggers: ::std::borrow::Cow::Borrowed(&[#(#triggers),*]),
                    ..::schema_core::model::ViewDef::EMPTY
                })
            }
        })
    }

    pub(super) fn virtual_table_defs(&self) -> impl Iterator<Item = TokenStream> {
        self.virtual_tables.iter().map(|(table, text)| {
            let name = &table.name;
            quote! {
                ::schema_core::model::VirtualTableDef {
                    name: ::std::borrow::Cow::Borrowed(#name),
                    sql: ::std::borrow::Cow::Borrowed(#text),
                    shadows: ::std::borrow::Cow::Borrowed(&[]),
                }
            }
        })
    }
}

impl Created {
    fn is_on(&self, view: &Self) -> bool {
        self.on.as_deref().is_some_and(|on| on.eq_ignore_ascii_case(&view.name))
    }
}
