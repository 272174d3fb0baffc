//! What contradicts.

mod objects;

use std::collections::HashSet;

use proc_macro2::Span;
use syn::{Expr, Ident, Lit};

use super::ir::{Column, Default, Role, Stored, Table};
use crate::{
    errors::Errors,
    names,
    types::{self, Known},
};

pub(super) fn table(table: &Table, errors: &Errors) {
    if table.columns.is_empty() && table.groups.is_empty() {
        errors.at(&table.ident, "a table has at least one column: add a field");
    }
    keys(table, errors);
    fields(table, errors);
    objects::objects(table, errors);
    options(table, errors);
    table.columns.iter().for_each(|column| self::column(table, column, errors));
    roles(table, errors);
}

/// Each of them once.
fn roles(table: &Table, errors: &Errors) {
    for role in [Role::CreatedAt, Role::UpdatedAt, Role::SoftDelete, Role::Version] {
        let mut of_role =
            table.columns.iter().filter_map(|column| column.role.filter(|(_, other)| *other == role));
        if let (Some(_), Some((span, _))) = (of_role.next(), of_role.next()) {
            at(span, format!("a table has one `{}` column", role.word()), errors);
        }
    }
}

/// A view: its name, its columns, its triggers.
pub(crate) fn view(view: &Table, errors: &Errors) {
    if view.columns.is_empty() {
        errors.at(&view.ident, "a view has at least one column: add a field");
    }
    names_differ(view, errors);
    objects::name(view, "view", errors);
    objects::triggers(view, "view", errors);
    view.columns.iter().for_each(|column| self::column(view, column, errors));
}

/// A group of columns.
pub(crate) fn group(group: &Table, errors: &Errors) {
    if group.columns.is_empty() {
        errors.at(&group.ident, "a group has at least one column: add a field");
    }
    names_differ(group, errors);
    group.columns.iter().for_each(|column| self::column(group, column, errors));
    roles(group, errors);
}

fn at(span: Span, message: impl std::fmt::Display, errors: &Errors) {
    errors.add(syn::Error::new(span, message));
}

fn keys(table: &Table, errors: &Errors) {
    let marked: Vec<&Column> = table.columns.iter().filter(|column| column.primary_key.is_some()).collect();
    if let [_, second, ..] = marked[..]
        && let Some(span) = second.primary_key
    {
        at(
            span,
            "two primary keys: for a key of several columns write `#[table(primary_key(a, b))]` on the struct",
            errors,
        );
    }
    for name in &table.key {
        if let Some(column) = find(table, name)
            && column.nullable
            && table.definition.is_none()
        {
            errors.at(&column.ty, "a primary key is never NULL: take the `Option` away");
        }
    }
}

fn find<'t>(table: &'t Table, name: &Ident) -> Option<&'t Column> {
    table.columns.iter().find(|column| column.ident == *name)
}

/// Every list of columns names fields of the struct, each once.
fn fields(table: &Table, errors: &Errors) {
    let indexed = table.indexes.iter().flat_map(|index| &index.parts).filter_map(|part| match &part.target {
        super::attr::IndexTarget::Column(name) => Some(name),
        super::attr::IndexTarget::Expression(_) => None,
    });
    let keyed = table.foreign_keys.iter().flat_map(|key| &key.columns);
    let searched = table.full_text.iter().flat_map(|index| &index.columns);
    let all = table
        .key
        .iter()
        .chain(table.uniques.iter().flatten())
        .chain(indexed)
        .chain(keyed)
        .chain(searched)
        .chain(table.joins.iter().flatten());
    for name in all {
        if find(table, name).is_none() {
            let fields: Vec<String> = table.columns.iter().map(|column| column.ident.to_string()).collect();
            let known: Vec<&str> = fields.iter().map(String::as_str).collect();
            let hint = match names::nearest(&name.to_string(), &known) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("it has `{}`", known.join("`, `")),
            };
            errors.at(name, format_args!("`{name}` is no field of `{}`: {hint}", table.ident));
        }
    }
    for list in table.uniques.iter().chain([&table.key]) {
        for (position, name) in list.iter().enumerate() {
            if list[..position].contains(name) {
                errors.at(name, format_args!("`{name}` stands twice in one key: remove one of them"));
            }
        }
    }
    for name in table.joins.iter().flatten() {
        if find(table, name).is_some_and(|column| column.foreign_key.is_none()) {
            errors.at(
                name,
                format_args!("`joins` ties tables by foreign keys: give `{name}` a `references = Parent`"),
            );
        }
    }
    names_differ(table, errors);
}

fn names_differ(table: &Table, errors: &Errors) {
    let mut seen = HashSet::new();
    for column in &table.columns {
        if !seen.insert(column.name.to_ascii_lowercase()) {
            errors.at(
                &column.ident,
                format_args!(
                    "two columns are named `{}`: SQL does not tell letters' case apart",
                    column.name
                ),
            );
        }
    }
}

fn options(table: &Table, errors: &Errors) {
    if let Some(span) = table.without_rowid
        && table.key.is_empty()
    {
        at(span, "a table without rowid has a primary key: mark a field `#[column(primary_key)]`", errors);
    }
    if let Some(span) = table.hooks
        && table.key.is_empty()
    {
        at(span, "hooks are given rows by their key: mark a field `#[column(primary_key)]`", errors);
    }
    for column in &table.columns {
        if let Some(span) = column.autoincrement {
            if column.primary_key.is_none() {
                at(
                    span,
                    "`autoincrement` belongs to the primary key: `#[column(primary_key, autoincrement)]`",
                    errors,
                );
            } else if table.without_rowid.is_some() {
                at(span, "a table without rowid has no `autoincrement`: remove one of the two", errors);
            } else if !column.is_rowid() {
                at(
                    span,
                    "`autoincrement` needs an integer key, as in `id: i64`, or `default = rowid` on a newtype of one",
                    errors,
                );
            }
        }
        if let Some((span, role)) = column.role
            && table.append_only.is_some()
            && role != Role::CreatedAt
        {
            at(
                span,
                format_args!(
                    "rows of an `append_only` table are never changed: it has no `{}` column",
                    role.word()
                ),
                errors,
            );
        }
        if table.strict.is_some()
            && let Some(declared) = &column.sql_type
            && !["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"]
                .contains(&declared.value().to_uppercase().as_str())
        {
            errors.at(
                declared,
                format_args!(
                    "a strict table knows INT, INTEGER, REAL, TEXT, BLOB and ANY, not `{}`",
                    declared.value()
                ),
            );
        }
    }
}

fn column(table: &Table, column: &Column, errors: &Errors) {
    if column.unique.is_some()
        && let Some(span) = column.primary_key
    {
        at(span, "a primary key is unique by itself: remove `unique`", errors);
    }
    if column.json.is_none()
        && let Some(instead) = types::replacement(&column.base)
    {
        errors.at(&column.ty, instead);
    }
    if let Some(span) = column.unchecked
        && (!matches!(column.known, Known::Boolean | Known::Unknown) || column.json.is_some())
    {
        at(span, "nothing is checked here: `unchecked` belongs to a `bool` or an enum", errors);
    }
    if let (Some(_), Some(span)) = (column.unique, column.index) {
        at(span, "`unique` brings an index of its own: remove `index`", errors);
    }
    if column.collate.is_some()
        && matches!(column.known, Known::Integer | Known::Float | Known::Boolean | Known::Bytes)
    {
        errors.at(&column.ty, "a collation orders text, and this is none: remove `collate`");
    }
    if let Some(old) = &column.renamed_from
        && old.value() == column.name
    {
        errors.at(old, "this is the column's name today: `renamed_from` is the name that it had before");
    }
    if let (Some(_), Some((span, _))) = (column.json, column.stored) {
        at(span, "`json` is stored as text: remove `stored`", errors);
    }
    for (sql, what, example) in [
        (column.backfill.as_ref(), "a backfill", "0"),
        (column.convert.as_ref(), "a conversion", "CAST(price AS INTEGER)"),
        (column.generated.as_ref().map(|(sql, _)| sql), "a generated column", "price_cents / 100.0"),
    ] {
        if let Some(sql) = sql {
            objects::not_empty(sql, what, example, errors);
        }
    }
    if let Some((span, role)) = column.role {
        self::role(column, span, role, errors);
    }
    if let Some((span, stored)) = column.stored
        && column.json.is_none()
    {
        self::stored(column, span, stored, errors);
    }
    if column.generated.is_some() {
        let contradicts = |there: bool, word: &str| {
            if there {
                errors.at(
                    &column.ident,
                    format_args!("a generated column has no `{word}`: the database computes it"),
                );
            }
        };
        contradicts(column.default.is_some(), "default");
        contradicts(column.check_fn.is_some(), "check_fn");
        contradicts(column.primary_key.is_some(), "primary_key");
        contradicts(column.role.is_some(), "created_at, updated_at, soft_delete or version");
    }
    if let Some(span) = column.optional {
        if !column.nullable {
            errors
                .at(&column.ty, "a column that a database may lack reads as NULL there: write `Option<..>`");
        }
        if column.role.is_some() || column.generated.is_some() || table.key.contains(&column.ident) {
            at(
                span,
                "a column that is kept by the repository, generated or the key is always there: remove `optional`",
                errors,
            );
        }
    }
    if let Some(default) = &column.default {
        self::default(table, column, default, errors);
    }
    if let Some(key) = &column.foreign_key
        && key.on_delete == "SetNull"
        && !column.nullable
    {
        errors.at(
            &column.ty,
            "`on_delete = set_null` needs a column that may be NULL: write `Option<..>`, or another action",
        );
    }
    if let Some(key) = &column.foreign_key
        && [key.on_delete, key.on_update].contains(&"SetDefault")
        && column.default.is_none()
    {
        at(key.span, "`set_default` needs a default: write `default = ..`, or another action", errors);
    }
    if let Some(span) = column.json
        && !matches!(column.known, Known::Unknown | Known::Decimal | Known::Bytes | Known::Text)
    {
        at(span, "`json` is for types that SQL has none of: this one has its own column type", errors);
    }
}

/// The types of an instant.
const INSTANTS: &str =
    "`OffsetDateTime` (or `chrono::DateTime<Utc>`, `jiff::Timestamp`, with the features of their names)";

fn role(column: &Column, span: Span, role: Role, errors: &Errors) {
    match role {
        Role::CreatedAt | Role::UpdatedAt => {
            if !matches!(column.known, Known::Instant | Known::Unknown) {
                errors.at(
                    &column.ty,
                    format_args!(
                        "`{}` is an instant: write {INSTANTS}, with `stored = \"unix\"` for an integer column",
                        role.word()
                    ),
                );
            }
        }
        Role::SoftDelete => {
            if !column.nullable || !matches!(column.known, Known::Instant | Known::Unknown) {
                errors.at(
                    &column.ty,
                    format_args!("`soft_delete` is NULL for a live row: write an `Option` of {INSTANTS}"),
                );
            }
        }
        Role::Version => {
            if column.nullable || !matches!(column.known, Known::Integer) {
                errors.at(&column.ty, "`version` counts: write `i64`");
            }
        }
    }
    if column.default.is_some() {
        at(
            span,
            format_args!("a `{}` column is filled in by the repository: remove its default", role.word()),
            errors,
        );
    }
}

fn stored(column: &Column, span: Span, stored: Stored, errors: &Errors) {
    let fits = match stored {
        Stored::Unix | Stored::UnixMilliseconds => {
            matches!(column.known, Known::Instant | Known::Unknown)
        }
        Stored::Blob => matches!(column.known, Known::Uuid | Known::Unknown),
        Stored::Text => {
            matches!(column.known, Known::Instant | Known::Day | Known::Uuid | Known::Unknown)
        }
    };
    if !fits {
        at(
            span,
            format_args!(
                "`stored` is \"unix\" or \"unix_ms\" on an instant, \"blob\" on a `Uuid`, or \"text\" on either; an instant is {INSTANTS}"
            ),
            errors,
        );
    }
}

fn default(table: &Table, column: &Column, default: &Default, errors: &Errors) {
    match default {
        Default::Value(value) => literal(column, value, errors),
        Default::Now(span) if !matches!(column.known, Known::Instant | Known::Unknown) => {
            at(*span, format_args!("`default = now` needs an instant: {INSTANTS}"), errors);
        }
        Default::UuidV7(span) if !matches!(column.known, Known::Uuid | Known::Text | Known::Unknown) => {
            at(*span, "`default = uuid_v7` needs a `Uuid`, a newtype of one, or text", errors);
        }
        Default::RowId(span) if column.primary_key.is_none() || table.key.len() != 1 => {
            at(*span, "`default = rowid` belongs to the primary key", errors);
        }
        Default::RowId(span) if !column.is_declared_integer() => {
            at(
                *span,
                "only a key declared `INTEGER` is the rowid: remove `sql_type`, or this default",
                errors,
            );
        }
        Default::RowId(span) if table.without_rowid.is_some() => {
            at(*span, "a table without rowid has no rowid to give: choose another default", errors);
        }
        Default::Sql(_) | Default::Now(_) | Default::UuidV7(_) | Default::RowId(_) => {}
    }
}

/// A literal fits the type that the field names.
fn literal(column: &Column, value: &Expr, errors: &Errors) {
    let literal = match value {
        Expr::Lit(literal) => &literal.lit,
        Expr::Unary(unary) => match &*unary.expr {
            Expr::Lit(literal) => &literal.lit,
            _ => return wrong(value, errors),
        },
        Expr::Path(_) => return,
        _ => return wrong(value, errors),
    };
    let wanted = match column.known {
        _ if column.json.is_some() => "`default_sql` with JSON text",
        Known::Integer if !matches!(literal, Lit::Int(_)) => "a whole number",
        Known::Float if !matches!(literal, Lit::Int(_) | Lit::Float(_)) => "a number",
        Known::Boolean if !matches!(literal, Lit::Bool(_)) => "`true` or `false`",
        Known::Text if !matches!(literal, Lit::Str(_)) => "text",
        Known::Bytes => "`default_sql = \"X'00'\"`",
        Known::Instant => "`now`, or `default_sql`",
        Known::Day => "`default_sql = \"'2025-01-01'\"`",
        Known::Uuid => "`uuid_v7`, or `default_sql`",
        Known::Decimal => "`default_sql = \"'9.99'\"`",
        _ => return,
    };
    errors.at(value, format_args!("this does not fit the field's type: its default is {wanted}"));
}

fn wrong(value: &Expr, errors: &Errors) {
    errors
        .at(value, "a default is a literal, a constant or an enum's variant; SQL is `default_sql = \"..\"`");
}
