use super::{List, Text};

/// A full-text index over columns of a table: an FTS5 table with the table as its external content,
/// kept in step by three triggers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullTextDef {
    /// Name of the virtual table.
    pub name: Text,
    /// The indexed columns, in their order.
    pub columns: List<Text>,
    /// FTS5's `tokenize` option, as in `porter unicode61`.
    pub tokenize: Option<Text>,
    /// FTS5's `prefix` option, as in `2 3`.
    pub prefix: Option<Text>,
}
