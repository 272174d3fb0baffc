use super::{
    CheckDef, ColumnDef, ForeignKeyDef, FullTextDef, IndexDef, List, PrimaryKeyDef, Text, TriggerDef,
    UniqueDef,
};
use std::borrow::Cow;

/// A table with everything that belongs to it.
#[derive(Clone, Debug, PartialEq)]
pub struct TableDef {
    /// Name in the database.
    pub name: Text,
    /// Name of the struct, `Book`; empty for an inspected table.
    pub model: Text,
    /// Where the struct stands, `src/models.rs:14`; empty for an inspected table.
    pub source: Text,
    /// Documentation of the struct.
    pub doc: Text,
    /// Columns in the order of their declaration, generated ones included.
    pub columns: List<ColumnDef>,
    /// The primary key.
    pub primary_key: Option<PrimaryKeyDef>,
    /// UNIQUE constraints.
    pub uniques: List<UniqueDef>,
    /// FOREIGN KEY constraints.
    pub foreign_keys: List<ForeignKeyDef>,
    /// CHECK constraints, without those that a column's [`Domain`](super::Domain) implies.
    pub checks: List<CheckDef>,
    /// Indexes other than those that a constraint brings with it.
    pub indexes: List<IndexDef>,
    /// Triggers on the table, without those that `append_only` implies.
    pub triggers: List<TriggerDef>,
    /// Full-text indexes over its columns; of a table that was found in a database none, since there
    /// they are virtual tables and triggers.
    pub full_text: List<FullTextDef>,
    /// STRICT: values must fit their declared type. <https://sqlite.org/stricttables.html>
    pub strict: bool,
    /// WITHOUT ROWID. <https://sqlite.org/withoutrowid.html>
    pub without_rowid: bool,
    /// Rows are never updated or deleted; triggers refuse it.
    pub append_only: bool,
    /// The name that this table had before.
    pub renamed_from: Option<Text>,
    /// Codes of lints that do not speak of this table, each with its reason.
    pub allowed: List<(Text, Text)>,
    /// The whole `CREATE TABLE`: of an inspected table the stored text, of a declared one the statement
    /// that stands in place of what its fields tell.
    pub sql: Option<Text>,
}

impl TableDef {
    /// A table without anything in it, to be completed with struct update syntax.
    pub const EMPTY: Self = Self {
        name: Cow::Borrowed(""),
        model: Cow::Borrowed(""),
        source: Cow::Borrowed(""),
        doc: Cow::Borrowed(""),
        columns: Cow::Borrowed(&[]),
        primary_key: None,
        uniques: Cow::Borrowed(&[]),
        foreign_keys: Cow::Borrowed(&[]),
        checks: Cow::Borrowed(&[]),
        indexes: Cow::Borrowed(&[]),
        triggers: Cow::Borrowed(&[]),
        full_text: Cow::Borrowed(&[]),
        strict: false,
        without_rowid: false,
        append_only: false,
        renamed_from: None,
        allowed: Cow::Borrowed(&[]),
        sql: None,
    };

    /// The column of this name, compared as SQL does: ASCII letters without case.
    pub fn column(&self, name: &str) -> Option<&ColumnDef> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Position of the column of this name in [`columns`](Self::columns).
    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name))
    }
}
