//! What the attributes mean.

mod column;
mod words;

pub(super) use column::{Column, Default, Role, Stored};

use proc_macro2::Span;
use syn::{DeriveInput, Field, Ident, LitStr, Visibility};

use self::words::{ACTIONS, DEFERRABLE};
use super::attr::{self, Attributes, IndexWords, References};
use crate::{
    attribute::{self, Item, Sql},
    errors::Errors,
    names,
};

/// A struct as a table.
pub(super) struct Table {
    pub(super) ident: Ident,
    pub(super) vis: Visibility,
    pub(super) doc: String,
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
    /// Fields that are no columns.
    pub(super) skipped: Vec<Field>,
    pub(super) key: Vec<Ident>,
    pub(super) uniques: Vec<Vec<Ident>>,
    pub(super) indexes: Vec<IndexWords>,
    pub(super) checks: Vec<(Ident, Sql)>,
    pub(super) triggers: Vec<(LitStr, Sql)>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) strict: Option<Span>,
    pub(super) without_rowid: Option<Span>,
    pub(super) append_only: Option<Span>,
    pub(super) renamed_from: Option<LitStr>,
}

impl Table {
    /// A table without anything in it.
    pub(super) fn empty(input: &DeriveInput) -> Self {
        Self {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            doc: String::new(),
            name: String::new(),
            columns: Vec::new(),
            skipped: Vec::new(),
            key: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            triggers: Vec::new(),
            foreign_keys: Vec::new(),
            strict: None,
            without_rowid: None,
            append_only: None,
            renamed_from: None,
        }
    }
}

/// A foreign key.
#[derive(Clone)]
pub(super) struct ForeignKey {
    pub(super) span: Span,
    pub(super) columns: Vec<Ident>,
    pub(super) references: References,
    pub(super) on_delete: &'static str,
    pub(super) on_update: &'static str,
    pub(super) deferrable: &'static str,
}

const WORDS: [&str; 11] = [
    "name",
    "strict",
    "without_rowid",
    "append_only",
    "primary_key",
    "unique",
    "index",
    "check",
    "trigger",
    "foreign_key",
    "renamed_from",
];

pub(super) fn table(input: &DeriveInput, attributes: &Attributes<'_>, errors: &Errors) -> Option<Table> {
    let mut table = Table {
        doc: attribute::doc(&input.attrs),
        name: names::plural(&names::snake_case(&input.ident.to_string())),
        ..Table::empty(input)
    };
    words::no_repeats(
        &attributes.table,
        &["unique", "index", "check", "trigger", "foreign_key"],
        "table",
        errors,
    );
    for item in &attributes.table {
        word(&mut table, item, errors);
    }
    for (field, items) in &attributes.fields {
        match Column::read(field, items, errors) {
            Some(column) => table.columns.push(column),
            None => table.skipped.push((*field).clone()),
        }
    }
    if table.key.is_empty() {
        table.key = table
            .columns
            .iter()
            .filter(|column| column.primary_key.is_some())
            .map(|column| column.ident.clone())
            .collect();
    } else if let Some(second) = table.columns.iter().find_map(|column| column.primary_key) {
        errors.add(syn::Error::new(
            second,
            "two primary keys: the table has `primary_key(..)` already; remove one of them",
        ));
    }
    Some(table)
}

fn word(table: &mut Table, item: &Item, errors: &Errors) {
    match item.name.to_string().as_str() {
        "name" => table.name = item.text(errors).map_or_else(|| table.name.clone(), |name| name.value()),
        "strict" => flag(&mut table.strict, item, errors),
        "without_rowid" => flag(&mut table.without_rowid, item, errors),
        "append_only" => flag(&mut table.append_only, item, errors),
        "primary_key" => table.key = item.idents(errors).unwrap_or_default(),
        "unique" => table.uniques.extend(item.idents(errors)),
        "index" => table.indexes.extend(IndexWords::of(item, errors)),
        "check" if matches!(&item.value, crate::attribute::Value::Group(group) if syn::parse2::<LitStr>(group.clone()).is_ok()) =>
        {
            errors.at(item, "a check has a name: `check(price_not_negative = \"price >= 0\")`");
        }
        "check" => {
            for check in
                attr::group(item, "check(price_not_negative = \"price >= 0\")", errors).into_iter().flatten()
            {
                table.checks.extend(Sql::of(&check, errors).map(|sql| (check.name.clone(), sql)));
            }
        }
        "trigger" => table.triggers.extend(trigger(item, errors)),
        "foreign_key" => table.foreign_keys.extend(foreign_key(item, errors)),
        "renamed_from" => table.renamed_from = item.text(errors),
        other => words::unknown(item, other, "table", &WORDS, errors),
    }
}

fn flag(place: &mut Option<Span>, item: &Item, errors: &Errors) {
    item.flag(errors);
    *place = Some(item.span());
}

fn trigger(item: &Item, errors: &Errors) -> Option<(LitStr, Sql)> {
    let example = "trigger(name = \"books_audit\", sql = \"CREATE TRIGGER ..\")";
    let (mut name, mut sql) = (None, None);
    for word in attr::group(item, example, errors)? {
        match word.name.to_string().as_str() {
            "name" => name = word.text(errors),
            "sql" => sql = Sql::of(&word, errors),
            other => words::unknown(&word, other, "trigger", &["name", "sql"], errors),
        }
    }
    if name.is_none() || sql.is_none() {
        errors.at(item, format_args!("a trigger has a name and its text: `{example}`"));
    }
    Some((name?, sql?))
}

fn foreign_key(item: &Item, errors: &Errors) -> Option<ForeignKey> {
    let example = "foreign_key(columns(a, b), references = Other(a, b))";
    let mut columns = None;
    let mut references = None;
    let mut key = ("NoAction", "NoAction", "Not");
    for word in attr::group(item, example, errors)? {
        match word.name.to_string().as_str() {
            "columns" => columns = word.idents(errors),
            "references" => references = References::of(&word, errors),
            "on_delete" => key.0 = word.one_of(&ACTIONS, errors).unwrap_or(key.0),
            "on_update" => key.1 = word.one_of(&ACTIONS, errors).unwrap_or(key.1),
            "deferrable" => key.2 = words::deferrable(&word, &DEFERRABLE, errors),
            other => words::unknown(
                &word,
                other,
                "foreign_key",
                &["columns", "references", "on_delete", "on_update", "deferrable"],
                errors,
            ),
        }
    }
    let (Some(columns), Some(references)) = (columns, references) else {
        errors.at(item, format_args!("a foreign key has columns and what they reference: `{example}`"));
        return None;
    };
    if !references.columns.is_empty() && references.columns.len() != columns.len() {
        errors.at(item, "a foreign key has as many columns as it references");
    }
    let span = item.span();
    Some(ForeignKey { span, columns, references, on_delete: key.0, on_update: key.1, deferrable: key.2 })
}
