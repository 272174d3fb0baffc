//! Searches in the full-text index of a table.

use super::{Alias, ColumnKind, Columns, Expr, Found, Mode, Node, Required};
use crate::value::Textual;

/// The columns of a table with a full-text index: `#[table(fts(title, body))]`.
///
/// The methods stand on the columns themselves: `Book::query().filter(|b| b.matches("dune"))`.
#[diagnostic::on_unimplemented(
    message = "this table has no full-text index",
    label = "nothing to search in",
    note = "declare one on the table's struct: `#[table(fts(title, body))]`"
)]
pub trait FullText {}
#[diagnostic::do_not_recommend]
impl<C: Columns<Record: Searched>> FullText for C {}

/// What the derive says of a table with a full-text index. Apart from [`FullText`], so that the compiler
/// does not list them all where one has none.
#[doc(hidden)]
pub trait Searched {}

/// What the derive's methods of columns lean on.
#[doc(hidden)]
pub mod search {
    use super::{Alias, ColumnKind, Columns, Expr, Found, FullText, Mode, Node, Required, Textual};

    fn found<T>(alias: Alias, found: Found) -> Expr<T> {
        Expr::new(Node::Found(alias, Box::new(found)))
    }

    pub fn matches<C: Columns + FullText>(columns: &C, query: &str) -> Expr<<C::Mode as Mode>::Truth> {
        Expr::new(Node::Matches(columns.alias(), query.to_owned()))
    }

    pub fn rank<C: Columns<Mode = Required> + FullText>(columns: &C) -> Expr<f64> {
        found(columns.alias(), Found::Rank)
    }

    pub fn highlight<C: Columns<Mode = Required> + FullText, T: Textual, K: ColumnKind>(
        columns: &C,
        column: Expr<T, K>,
        before: &str,
        after: &str,
    ) -> Expr<T> {
        let marks = [before.to_owned(), after.to_owned()];
        found(columns.alias(), Found::Highlight { column: column.parts.index, marks })
    }

    pub fn snippet<C: Columns<Mode = Required> + FullText>(
        columns: &C,
        before: &str,
        after: &str,
        words: u8,
    ) -> Expr<Option<String>> {
        let marks = [before.to_owned(), after.to_owned(), "…".to_owned()];
        // FTS5 takes 1 to 64.
        let words = words.clamp(1, 64);
        found(columns.alias(), Found::Snippet { column: None, marks, words })
    }
}

/// A query for rows that have all of these words, whatever a person typed: nothing in it is taken for
/// FTS5's query language.
///
/// ```
/// use schema_core::expr::words;
/// assert_eq!(words("dune AND \"spice"), r#""dune" "AND" """spice""#);
/// ```
///
/// An empty text, or one without a letter, finds nothing.
pub fn words(text: impl AsRef<str>) -> String {
    // FTS5 reads a query up to its first NUL.
    let separates = |character: char| character.is_whitespace() || character == '\0';
    let words = text.as_ref().split(separates).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(|word| format!("\"{}\"", word.replace('"', "\"\""))).collect();
    // An empty query is an error, an empty phrase finds nothing.
    if words.is_empty() { NOTHING.to_owned() } else { words.join(" ") }
}

const NOTHING: &str = "\"\"";

/// Like [`words`], where the last word may go on: what finds rows while a person types.
///
/// ```
/// use schema_core::expr::words_beginning;
/// assert_eq!(words_beginning("frank her"), r#""frank" "her"*"#);
/// ```
pub fn words_beginning(text: impl AsRef<str>) -> String {
    let words = words(text);
    if words == NOTHING { words } else { words + "*" }
}
