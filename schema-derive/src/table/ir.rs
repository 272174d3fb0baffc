//! What the attributes mean.

mod column;
mod full_text;
mod group;
pub(crate) mod words;

pub(crate) use column::{Column, Default, Role, Stored};
pub(crate) use full_text::FullText;
pub(crate) use group::Group;

use proc_macro2::Span;
use syn::{DeriveInput, Field, Ident, LitStr, Visibility};

use self::words::{ACTIONS, DEFERRABLE};
use super::attr::{self, Attributes, IndexWords, References};
use crate::{
    attribute::{self, Item, Sql},
    errors::Errors,
    names,
    statement::{self, Kind},
};

/// A struct as a table.
pub(crate) struct Table {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) doc: String,
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// Fields whose fields are columns.
    pub(crate) groups: Vec<Group>,
    /// Fields that are no columns.
    pub(crate) skipped: Vec<Field>,
    pub(crate) key: Vec<Ident>,
    pub(crate) uniques: Vec<Vec<Ident>>,
    pub(crate) indexes: Vec<IndexWords>,
    pub(crate) checks: Vec<(Ident, Sql)>,
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) foreign_keys: Vec<ForeignKey>,
    pub(crate) full_text: Option<FullText>,
    pub(crate) allowed: Vec<(Ident, LitStr)>,
    /// Pairs of columns that tie the rows of two tables.
    pub(crate) joins: Vec<[Ident; 2]>,
    /// The whole `CREATE TABLE`, in place of the one that the fields tell.
    pub(crate) definition: Option<LitStr>,
    pub(crate) strict: Option<Span>,
    pub(crate) without_rowid: Option<Span>,
    pub(crate) append_only: Option<Span>,
    pub(crate) hooks: Option<Span>,
    pub(crate) renamed_from: Option<LitStr>,
}

impl Table {
    /// A table without anything in it.
    pub(crate) fn empty(input: &DeriveInput) -> Self {
        Self {
            ident: input.ident.clone(),
            vis: input.vis.clone(),
            doc: String::new(),
            name: String::new(),
            columns: Vec::new(),
            groups: Vec::new(),
            skipped: Vec::new(),
            key: Vec::new(),
            uniques: Vec::new(),
            indexes: Vec::new(),
            checks: Vec::new(),
            triggers: Vec::new(),
            foreign_keys: Vec::new(),
            full_text: None,
            allowed: Vec::new(),
            joins: Vec::new(),
            definition: None,
            strict: None,
            without_rowid: None,
            append_only: None,
            hooks: None,
            renamed_from: None,
        }
    }
}

/// A foreign key.
#[derive(Clone)]
pub(crate) struct ForeignKey {
    pub(crate) span: Span,
    pub(crate) columns: Vec<Ident>,
    pub(crate) references: References,
    pub(crate) on_delete: &'static str,
    pub(crate) on_update: &'static str,
    pub(crate) deferrable: &'static str,
    /// What the parent calls the rows that reference it.
    pub(crate) inverse: Option<LitStr>,
}

/// A trigger: its name, where the name stands, and its text.
pub(crate) struct Trigger {
    pub(crate) name: String,
    pub(crate) span: Span,
    pub(crate) sql: Sql,
}

const WORDS: [&str; 16] = [
    "name",
    "strict",
    "without_rowid",
    "append_only",
    "hooks",
    "primary_key",
    "unique",
    "index",
    "check",
    "trigger",
    "foreign_key",
    "renamed_from",
    "definition",
    "fts",
    "allow",
    "joins",
];

pub(super) fn table(input: &DeriveInput, attributes: &Attributes<'_>, errors: &Errors) -> Option<Table> {
    let mut table = Table {
        doc: attribute::doc(&input.attrs),
        name: names::plural(&names::snake_case(&input.ident.to_string())),
        ..Table::empty(input)
    };
    words::no_repeats(
        &attributes.table,
        &["unique", "index", "check", "trigger", "foreign_key", "allow", "joins"],
        "table",
        errors,
    );
    for item in &attributes.table {
        word(&mut table, item, errors);
    }
    if let Some(definition) = &table.definition
        && let Some(created) = statement::expect(definition, Kind::Table, errors)
    {
        if let Some(name) = named(&attributes.table) {
            statement::agree(&name, &created, errors);
        }
        table.name = created.name;
    }
    for (field, items) in &attributes.fields {
        if let Some(group) = Group::read(field, items, errors) {
            table.groups.push(group);
            continue;
        }
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
        "hooks" => flag(&mut table.hooks, item, errors),
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
        "trigger" => table.triggers.extend(Trigger::of(item, errors)),
        "definition" => table.definition = item.text(errors),
        "fts" => table.full_text = FullText::of(item, errors),
        "allow" => allow(&mut table.allowed, item, errors),
        "foreign_key" => table.foreign_keys.extend(foreign_key(item, errors)),
        "joins" => joins(table, item, errors),
        "renamed_from" => table.renamed_from = item.text(errors),
        other => words::unknown(item, other, "table", &WORDS, errors),
    }
}

fn flag(place: &mut Option<Span>, item: &Item, errors: &Errors) {
    item.flag(errors);
    *place = Some(item.span());
}

/// `joins(book_id, tag_id)`: two foreign keys that tie the rows of two tables.
fn joins(table: &mut Table, item: &Item, errors: &Errors) {
    match item.idents(errors).as_deref() {
        Some([left, right]) if left != right => table.joins.push([left.clone(), right.clone()]),
        Some(_) => errors.at(item, "a join table ties two tables by two columns: `joins(book_id, tag_id)`"),
        None => {}
    }
}

/// The text of `name = ".."` among the words, whose mistakes are reported elsewhere.
fn named(items: &[Item]) -> Option<LitStr> {
    let quiet = Errors::new();
    let name = items.iter().find(|item| item.name == "name").and_then(|item| item.text(&quiet));
    drop(quiet.report());
    name
}

/// `allow(L004 = "why")`.
fn allow(allowed: &mut Vec<(Ident, LitStr)>, item: &Item, errors: &Errors) {
    let example = "allow(L004 = \"filled by the importer alone\")";
    for word in attr::group(item, example, errors).into_iter().flatten() {
        if !matches!(word.value, crate::attribute::Value::Expr(_)) {
            errors.at(&word.name, format_args!("a lint is allowed for a reason: `{example}`"));
            continue;
        }
        let Some(reason) = word.text(errors) else { continue };
        if reason.value().trim().is_empty() {
            errors.at(&reason, format_args!("a lint is allowed for a reason: `{example}`"));
        }
        if allowed.iter().any(|(code, _)| *code == word.name) {
            errors.at(&word.name, format_args!("`{}` is allowed already: remove one of them", word.name));
        }
        allowed.push((word.name, reason));
    }
}

impl Trigger {
    /// `trigger(sql = "CREATE TRIGGER ..")`, with or without `name = ".."`.
    pub(crate) fn of(item: &Item, errors: &Errors) -> Option<Self> {
        let example = "trigger(sql = \"CREATE TRIGGER books_audit ..\")";
        let (mut name, mut sql) = (None, None);
        for word in attr::group(item, example, errors)? {
            match word.name.to_string().as_str() {
                "name" => name = word.text(errors),
                "sql" => sql = Sql::of(&word, errors),
                other => words::unknown(&word, other, "trigger", &["name", "sql"], errors),
            }
        }
        let Some(sql) = sql else {
            errors.at(item, format_args!("a trigger has its text: `{example}`"));
            return None;
        };
        let mut found: Option<String> = None;
        for text in sql.texts() {
            let created = statement::expect(text, Kind::Trigger, errors)?;
            if let Some(name) = &name {
                statement::agree(name, &created, errors);
            }
            found.get_or_insert(created.name);
        }
        let span = name.as_ref().map_or(item.span(), LitStr::span);
        Some(Self { name: found?, span, sql })
    }
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
    Some(ForeignKey {
        span,
        columns,
        references,
        on_delete: key.0,
        on_update: key.1,
        deferrable: key.2,
        inverse: None,
    })
}
