//! The columns of a table and of its groups as one list, in `const` code.

use std::borrow::Cow;

use super::{ColumnDef, ColumnRole, DefaultDef, Domain, GeneratedDef, SqlText, TableDef, Text};

/// A field that is a group of columns.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct GroupField {
    /// The field's name.
    pub field: &'static str,
    /// What stands before the names of the columns.
    pub prefix: &'static str,
    /// The group's columns.
    pub columns: &'static [ColumnDef],
}

/// The longest name of a column, and of its field, that a group makes.
const LONGEST: usize = 128;

/// Two texts in one.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Joined {
    bytes: [u8; LONGEST],
    length: usize,
}

impl Joined {
    const EMPTY: Self = Self { bytes: [0; LONGEST], length: 0 };

    const fn of(parts: &[&str]) -> Self {
        let mut joined = Self::EMPTY;
        let mut part = 0;
        while part < parts.len() {
            let bytes = parts[part].as_bytes();
            let mut at = 0;
            while at < bytes.len() {
                assert!(joined.length < LONGEST, "the name of a flattened column has over 128 letters");
                joined.bytes[joined.length] = bytes[at];
                joined.length += 1;
                at += 1;
            }
            part += 1;
        }
        joined
    }

    const fn text(&'static self) -> Text {
        let (text, _) = self.bytes.split_at(self.length);
        match std::str::from_utf8(text) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Borrowed(""),
        }
    }
}

/// The texts of a column that its table makes: name, field and former name.
#[doc(hidden)]
pub type Texts = [Joined; 3];

/// Number of columns of all groups.
#[doc(hidden)]
pub const fn group_width(groups: &[GroupField]) -> usize {
    let mut width = 0;
    let mut group = 0;
    while group < groups.len() {
        width += groups[group].columns.len();
        group += 1;
    }
    width
}

/// The texts of each column of the groups.
#[doc(hidden)]
pub const fn group_texts<const N: usize>(groups: &[GroupField]) -> [Texts; N] {
    let mut texts = [[Joined::EMPTY; 3]; N];
    let (mut group, mut next) = (0, 0);
    while group < groups.len() {
        let GroupField { field, prefix, columns } = groups[group];
        let mut at = 0;
        while at < columns.len() {
            let column = &columns[at];
            let renamed = match &column.renamed_from {
                Some(old) => Joined::of(&[prefix, borrowed(old)]),
                None => Joined::EMPTY,
            };
            texts[next] = [
                Joined::of(&[prefix, borrowed(&column.name)]),
                Joined::of(&[field, ".", borrowed(&column.field)]),
                renamed,
            ];
            next += 1;
            at += 1;
        }
        group += 1;
    }
    texts
}

/// The table's own columns, and behind them those of its groups.
#[doc(hidden)]
pub const fn with_groups<const N: usize>(
    own: &'static [ColumnDef],
    groups: &[GroupField],
    texts: &'static [Texts],
    strict: bool,
) -> [ColumnDef; N] {
    let mut all = [const { ColumnDef::EMPTY }; N];
    let mut next = 0;
    while next < own.len() {
        put(&mut all[next], copied(&own[next]));
        next += 1;
    }
    let mut group = 0;
    while group < groups.len() {
        let columns = groups[group].columns;
        let mut at = 0;
        while at < columns.len() {
            let [name, field, renamed] = &texts[next - own.len()];
            let mut column = copied(&columns[at]);
            put(&mut column.name, name.text());
            put(&mut column.field, field.text());
            if column.renamed_from.is_some() {
                put(&mut column.renamed_from, Some(renamed.text()));
            }
            // A strict table has a type for every column.
            if strict && borrowed(&column.sql_type).is_empty() {
                put(&mut column.sql_type, Cow::Borrowed("ANY"));
            }
            put(&mut all[next], column);
            next += 1;
            at += 1;
        }
        group += 1;
    }
    all
}

/// Whether no two columns of the table have one name, letters compared without case as SQL does.
#[doc(hidden)]
pub const fn names_differ(table: &TableDef) -> bool {
    let Cow::Borrowed(columns) = &table.columns else { return true };
    let mut at = 0;
    while at < columns.len() {
        let mut other = 0;
        while other < at {
            if borrowed(&columns[at].name).eq_ignore_ascii_case(borrowed(&columns[other].name)) {
                return false;
            }
            other += 1;
        }
        at += 1;
    }
    true
}

/// Whether the table has one column at most of a role.
#[doc(hidden)]
pub const fn roles_differ(table: &TableDef) -> bool {
    let Cow::Borrowed(columns) = &table.columns else { return true };
    let mut seen = [false; 4];
    let mut at = 0;
    while at < columns.len() {
        let role = match columns[at].role {
            ColumnRole::Plain => {
                at += 1;
                continue;
            }
            ColumnRole::CreatedAt => 0,
            ColumnRole::UpdatedAt => 1,
            ColumnRole::SoftDelete => 2,
            ColumnRole::Version => 3,
        };
        if seen[role] {
            return false;
        }
        seen[role] = true;
        at += 1;
    }
    true
}

/// Whether nothing in an `append_only` table is kept for rows that change.
#[doc(hidden)]
pub const fn never_changes(table: &TableDef) -> bool {
    let Cow::Borrowed(columns) = &table.columns else { return true };
    let mut at = 0;
    while at < columns.len() {
        if !matches!(columns[at].role, ColumnRole::Plain | ColumnRole::CreatedAt) {
            return false;
        }
        at += 1;
    }
    true
}

const fn borrowed(text: &Text) -> &'static str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(_) => "",
    }
}

const fn text(text: &Text) -> Text {
    Cow::Borrowed(borrowed(text))
}

const fn optional(value: Option<&Text>) -> Option<Text> {
    match value {
        Some(value) => Some(text(value)),
        None => None,
    }
}

const fn sql(sql: &SqlText) -> SqlText {
    match sql {
        SqlText::Any(any) => SqlText::Any(text(any)),
        SqlText::PerEngine { sqlite, postgres } => {
            SqlText::PerEngine { sqlite: optional(sqlite.as_ref()), postgres: optional(postgres.as_ref()) }
        }
    }
}

const fn optional_sql(value: Option<&SqlText>) -> Option<SqlText> {
    match value {
        Some(value) => Some(sql(value)),
        None => None,
    }
}

/// A column once more: `const` data is copied without what `Clone` would do.
const fn copied(column: &ColumnDef) -> ColumnDef {
    let mut copy = ColumnDef::EMPTY;
    put(&mut copy.name, text(&column.name));
    put(&mut copy.field, text(&column.field));
    put(&mut copy.doc, text(&column.doc));
    put(&mut copy.sql_type, text(&column.sql_type));
    copy.nullable = column.nullable;
    copy.not_null_conflict = column.not_null_conflict;
    put(&mut copy.not_null_name, optional(column.not_null_name.as_ref()));
    let default = match &column.default {
        DefaultDef::None => DefaultDef::None,
        DefaultDef::Integer(value) => DefaultDef::Integer(*value),
        DefaultDef::Real(value) => DefaultDef::Real(*value),
        DefaultDef::Text(value) => DefaultDef::Text(text(value)),
        DefaultDef::Boolean(value) => DefaultDef::Boolean(*value),
        DefaultDef::Sql(value) => DefaultDef::Sql(sql(value)),
        DefaultDef::Now => DefaultDef::Now,
        DefaultDef::UuidV7 => DefaultDef::UuidV7,
    };
    put(&mut copy.default, default);
    put(&mut copy.collation, optional(column.collation.as_ref()));
    let generated = match &column.generated {
        Some(generated) => {
            Some(GeneratedDef { expression: sql(&generated.expression), storage: generated.storage })
        }
        None => None,
    };
    put(&mut copy.generated, generated);
    let domain = match &column.domain {
        Domain::Boolean => Domain::Boolean,
        Domain::Variants(Cow::Borrowed(variants)) => Domain::Variants(Cow::Borrowed(variants)),
        Domain::Any | Domain::Variants(Cow::Owned(_)) => Domain::Any,
    };
    put(&mut copy.domain, domain);
    copy.role = column.role;
    copy.optional = column.optional;
    put(&mut copy.renamed_from, optional(column.renamed_from.as_ref()));
    put(&mut copy.backfill, optional_sql(column.backfill.as_ref()));
    put(&mut copy.convert, optional_sql(column.convert.as_ref()));
    copy
}

/// Replaces a field; what it held before was `const` and owns nothing that would be dropped.
const fn put<T>(field: &mut T, value: T) {
    std::mem::forget(std::mem::replace(field, value));
}
