use std::borrow::Cow;

use super::{ColumnDef, List, SqlText, Text, TriggerDef};

/// A view.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewDef {
    /// Name in the database.
    pub name: Text,
    /// The Rust struct that declares it; empty where the view was found in a database.
    pub model: Text,
    /// Where the struct stands, as `src/models.rs:14`; empty where there is none.
    pub source: Text,
    /// The struct's doc comment.
    pub doc: Text,
    /// The columns that the struct reads, with their names, types and nullability; empty where the
    /// view was found in a database or is declared without a struct.
    pub columns: List<ColumnDef>,
    /// Of a declared view the SELECT or the whole `CREATE VIEW`; of one that was found the stored
    /// `CREATE VIEW` text.
    pub sql: SqlText,
    /// INSTEAD OF triggers.
    pub triggers: List<TriggerDef>,
}

impl ViewDef {
    /// A view with nothing in it; declarations name the fields that differ.
    pub const EMPTY: Self = Self {
        name: Cow::Borrowed(""),
        model: Cow::Borrowed(""),
        source: Cow::Borrowed(""),
        doc: Cow::Borrowed(""),
        columns: Cow::Borrowed(&[]),
        sql: SqlText::Any(Cow::Borrowed("")),
        triggers: Cow::Borrowed(&[]),
    };
}
