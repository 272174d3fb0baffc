use std::borrow::Cow;

use super::{ConflictClause, List, SqlText, Text};

/// A column of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDef {
    /// Name in the database.
    pub name: Text,
    /// Name of the field in the struct; empty for an inspected column.
    pub field: Text,
    /// Documentation of the field.
    pub doc: Text,
    /// Declared type as it stands in the DDL: `INTEGER`, `TEXT`, `VARCHAR(20)`; empty where there is none.
    pub sql_type: Text,
    /// Whether NULL is admitted.
    pub nullable: bool,
    /// ON CONFLICT clause of NOT NULL.
    pub not_null_conflict: Option<ConflictClause>,
    /// Name of the NOT NULL constraint.
    pub not_null_name: Option<Text>,
    /// What an INSERT that does not name the column stores.
    pub default: DefaultDef,
    /// Collating sequence other than BINARY.
    pub collation: Option<Text>,
    /// Expression of a generated column.
    pub generated: Option<GeneratedDef>,
    /// The values that the Rust type can hold, where the database can check them.
    pub domain: Domain,
    /// How a point in time is stored, where the Rust type is one.
    pub time: Option<TimeStorage>,
    /// What the framework keeps the column for.
    pub role: ColumnRole,
    /// Whether an older database of somebody else may lack the column.
    pub optional: bool,
    /// The name that this column had before.
    pub renamed_from: Option<Text>,
    /// SQL expression that fills the column in existing rows when a migration adds it or forbids NULL.
    pub backfill: Option<SqlText>,
    /// SQL expression that computes the new value from the old row when a migration changes the type.
    pub convert: Option<SqlText>,
}

impl ColumnDef {
    /// A nullable column without name and type, to be completed with struct update syntax.
    pub const EMPTY: Self = Self {
        name: Cow::Borrowed(""),
        field: Cow::Borrowed(""),
        doc: Cow::Borrowed(""),
        sql_type: Cow::Borrowed(""),
        nullable: true,
        not_null_conflict: None,
        not_null_name: None,
        default: DefaultDef::None,
        collation: None,
        generated: None,
        domain: Domain::Any,
        time: None,
        role: ColumnRole::Plain,
        optional: false,
        renamed_from: None,
        backfill: None,
        convert: None,
    };
}

/// What an INSERT that does not name the column stores.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum DefaultDef {
    /// NULL, or an error where the column is NOT NULL.
    #[default]
    None,
    /// A whole number.
    Integer(i64),
    /// A floating-point number.
    Real(f64),
    /// Text.
    Text(Text),
    /// TRUE or FALSE.
    Boolean(bool),
    /// A SQL expression, evaluated by the database.
    Sql(SqlText),
    /// The instant of the insert, filled in by the repository; the DDL carries an equal expression.
    Now,
    /// A time-ordered UUID (RFC 9562, version 7), filled in by the repository.
    UuidV7,
}

/// A generated column. <https://sqlite.org/gencol.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneratedDef {
    /// The expression, without its parentheses.
    pub expression: SqlText,
    /// Whether the value is stored.
    pub storage: GeneratedStorage,
}

/// Whether a generated column's value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratedStorage {
    /// Computed on every read.
    Virtual,
    /// Computed on write.
    Stored,
}

/// The values that a column's Rust type can hold, where the database can check them.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Domain {
    /// Not checked by the database.
    #[default]
    Any,
    /// 0 or 1.
    Boolean,
    /// One of an enum's texts.
    Variants(List<VariantDef>),
}

/// A variant of an enum that is stored as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariantDef {
    /// The stored text.
    pub value: Text,
    /// The text that was stored before the variant was renamed.
    pub renamed_from: Option<Text>,
}

/// How a point in time is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeStorage {
    /// An instant as text, in UTC where it names no offset.
    Text,
    /// A day as text: `2025-11-27`.
    Date,
    /// Whole seconds since 1970.
    Unix,
    /// Milliseconds since 1970.
    UnixMilliseconds,
}

/// What the framework keeps a column for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ColumnRole {
    /// Nothing: the application's own.
    #[default]
    Plain,
    /// Set to the instant of the insert.
    CreatedAt,
    /// Set to the instant of the insert and of every update.
    UpdatedAt,
    /// NULL for a live row, the instant of its deletion otherwise.
    SoftDelete,
    /// Counts the updates of a row; an update of an older version is refused.
    Version,
}

/// How the derive writes a column: `const` data in few words, which compiles faster than a literal of
/// every field.
#[doc(hidden)]
impl ColumnDef {
    pub const fn declared(
        name: &'static str,
        field: &'static str,
        doc: &'static str,
        sql_type: &'static str,
        nullable: bool,
    ) -> Self {
        let mut column = Self::EMPTY;
        set(&mut column.name, Cow::Borrowed(name));
        set(&mut column.field, Cow::Borrowed(field));
        set(&mut column.doc, Cow::Borrowed(doc));
        set(&mut column.sql_type, Cow::Borrowed(sql_type));
        column.nullable = nullable;
        column
    }

    pub const fn with_default(mut self, default: DefaultDef) -> Self {
        set(&mut self.default, default);
        self
    }

    pub const fn with_collation(mut self, collation: &'static str) -> Self {
        set(&mut self.collation, Some(Cow::Borrowed(collation)));
        self
    }

    pub const fn with_generated(mut self, expression: SqlText, storage: GeneratedStorage) -> Self {
        set(&mut self.generated, Some(GeneratedDef { expression, storage }));
        self
    }

    pub const fn with_domain(mut self, domain: Domain) -> Self {
        set(&mut self.domain, domain);
        self
    }

    pub const fn with_time(mut self, time: Option<TimeStorage>) -> Self {
        self.time = time;
        self
    }

    pub const fn with_role(mut self, role: ColumnRole) -> Self {
        self.role = role;
        self
    }

    pub const fn with_optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub const fn with_renamed_from(mut self, old: &'static str) -> Self {
        set(&mut self.renamed_from, Some(Cow::Borrowed(old)));
        self
    }

    pub const fn with_backfill(mut self, sql: SqlText) -> Self {
        set(&mut self.backfill, Some(sql));
        self
    }

    pub const fn with_convert(mut self, sql: SqlText) -> Self {
        set(&mut self.convert, Some(sql));
        self
    }
}

/// Replaces a field; what it held before was `const` and owns nothing that would be dropped.
const fn set<T>(field: &mut T, value: T) {
    std::mem::forget(std::mem::replace(field, value));
}
