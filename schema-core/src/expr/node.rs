use std::{
    borrow::Cow,
    sync::atomic::{AtomicU32, Ordering},
};

use crate::{
    query::SelectTree,
    value::{Value, ValueError},
};

/// A table's place in a query: the query's number, unique in the program, and the position in its FROM.
///
/// Numbers exist only until the text is written, where aliases are counted anew; so equal queries have
/// equal text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Alias {
    pub(crate) query: u32,
    pub(crate) at: u8,
}

impl Alias {
    /// The table of a statement that has one table only: INSERT, UPDATE, DELETE by key.
    pub(crate) const TARGET: Self = Self { query: 0, at: 0 };

    /// The first table of a query that no other query has the number of.
    pub(crate) fn fresh() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        Self { query: LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1), at: 0 }
    }
}

/// A piece of a statement, as data.
#[derive(Clone, Debug)]
pub enum Node {
    /// A column by its position in its record.
    Column(Alias, u16),
    /// The rowid of a table.
    RowId(Alias),
    /// Whether the row is found by a search in the full-text index of its table.
    Matches(Alias, String),
    /// What the search that found a row says of it.
    Found(Alias, Box<Found>),
    /// A bound value.
    Value(Value),
    /// A value that no SQL value can hold; reported when the statement is written.
    Invalid(ValueError),
    /// SQL that the framework wrote.
    Sql(Cow<'static, str>),
    /// One after the other.
    Sequence(Vec<Node>),
    /// The same, of a function over several rows.
    OverRows(OverRows, Vec<Node>),
    /// A query in parentheses.
    Query(Box<SelectTree>),
}

impl Node {
    /// Gives the columns of a cloned query its new number.
    pub(crate) fn renumber(&mut self, from: u32, to: u32) {
        match self {
            Self::Column(alias, _) | Self::RowId(alias) | Self::Matches(alias, _) | Self::Found(alias, _)
                if alias.query == from =>
            {
                alias.query = to;
            }
            Self::Sequence(nodes) | Self::OverRows(_, nodes) => {
                nodes.iter_mut().for_each(|node| node.renumber(from, to));
            }
            Self::Query(tree) => tree.renumber(from, to),
            Self::Column(..)
            | Self::RowId(_)
            | Self::Matches(..)
            | Self::Found(..)
            | Self::Value(_)
            | Self::Invalid(_)
            | Self::Sql(_) => {}
        }
    }
}

/// What a function over several rows looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverRows {
    /// The rows of a group: an aggregate.
    InGroup,
    /// The rows around one: a window function.
    InWindow,
}

/// What a full-text search says of a row that it found.
/// <https://www.sqlite.org/fts5.html#_auxiliary_functions_>
#[derive(Clone, Debug)]
pub enum Found {
    /// How well it fits: the smaller, the better.
    Rank,
    /// The text of a column with the found words marked.
    Highlight {
        /// The column's position in its table.
        column: u16,
        /// What stands before and after a found word.
        marks: [String; 2],
    },
    /// A part of a column around the found words, which are marked.
    Snippet {
        /// The column's position in its table; the best one where none is named.
        column: Option<u16>,
        /// What stands before and after a found word, and where text is left out.
        marks: [String; 3],
        /// Number of words.
        words: u8,
    },
}

pub(crate) fn sql(text: &'static str) -> Node {
    Node::Sql(Cow::Borrowed(text))
}

pub(crate) fn sequence<const N: usize>(nodes: [Node; N]) -> Node {
    Node::Sequence(nodes.into())
}

pub(crate) fn infix(left: Node, operator: &'static str, right: Node) -> Node {
    sequence([sql("("), left, sql(operator), right, sql(")")])
}

pub(crate) fn call(function: &'static str, arguments: impl IntoIterator<Item = Node>) -> Node {
    let mut nodes = vec![sql(function), sql("(")];
    for (position, argument) in arguments.into_iter().enumerate() {
        if position > 0 {
            nodes.push(sql(", "));
        }
        nodes.push(argument);
    }
    nodes.push(sql(")"));
    Node::Sequence(nodes)
}
