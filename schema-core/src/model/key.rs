use super::{List, Text};

/// What a statement does when a constraint is violated. <https://sqlite.org/lang_conflict.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictClause {
    /// Undo the transaction.
    Rollback,
    /// Undo the statement (the default).
    Abort,
    /// Stop, keep what the statement did so far.
    Fail,
    /// Skip the row.
    Ignore,
    /// Delete the rows in the way.
    Replace,
}

/// A column of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyColumn {
    /// The column's name in the database.
    pub name: Text,
    /// Collating sequence, where it is not the column's.
    pub collation: Option<Text>,
    /// Whether the key is in descending order.
    pub descending: bool,
}

impl KeyColumn {
    /// An ascending column under its own collation.
    pub const fn new(name: &'static str) -> Self {
        Self { name: super::text(name), collation: None, descending: false }
    }
}

/// PRIMARY KEY.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrimaryKeyDef {
    /// Name of the constraint.
    pub name: Option<Text>,
    /// The columns in key order.
    pub columns: List<KeyColumn>,
    /// AUTOINCREMENT: an id is never used twice. <https://sqlite.org/autoinc.html>
    pub autoincrement: bool,
    /// ON CONFLICT clause.
    pub conflict: Option<ConflictClause>,
    /// Whether the key's one column is the rowid itself: `INTEGER PRIMARY KEY`, written on the column.
    pub rowid_alias: bool,
}

/// A UNIQUE constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UniqueDef {
    /// Name of the constraint.
    pub name: Option<Text>,
    /// The columns in key order.
    pub columns: List<KeyColumn>,
    /// ON CONFLICT clause.
    pub conflict: Option<ConflictClause>,
}
