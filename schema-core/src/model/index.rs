use super::{List, SqlText, Text};

/// An index.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexDef {
    /// Name in the database.
    pub name: Text,
    /// What is indexed, in order.
    pub parts: List<IndexPart>,
    /// Whether two rows may not have equal parts.
    pub unique: bool,
    /// The rows that are indexed (a partial index), without WHERE.
    pub filter: Option<SqlText>,
    /// The whole `CREATE INDEX`: of an inspected index the stored text, of a declared one the statement
    /// that stands in place of its parts.
    pub sql: Option<Text>,
}

/// One indexed column or expression.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexPart {
    /// What is indexed.
    pub target: IndexTarget,
    /// Collating sequence, where it is not the column's.
    pub collation: Option<Text>,
    /// Whether the order is descending.
    pub descending: bool,
}

impl IndexPart {
    /// An ascending column under its own collation.
    pub const fn column(name: &'static str) -> Self {
        Self { target: IndexTarget::Column(super::text(name)), collation: None, descending: false }
    }

    /// The column's name, where it is no expression.
    pub fn column_name(&self) -> Option<&str> {
        match &self.target {
            IndexTarget::Column(column) => Some(column),
            IndexTarget::Expression(_) => None,
        }
    }
}

/// What an index orders by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IndexTarget {
    /// A column's name in the database.
    Column(Text),
    /// A SQL expression.
    Expression(SqlText),
}
