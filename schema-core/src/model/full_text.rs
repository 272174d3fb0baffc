use std::borrow::Cow;

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

impl FullTextDef {
    /// An index without anything in it, to be completed with struct update syntax.
    pub const EMPTY: Self =
        Self { name: Cow::Borrowed(""), columns: Cow::Borrowed(&[]), tokenize: None, prefix: None };
}
