use super::{IntoExpr, Node, call, infix, sql};
use crate::value::SqlType;

/// What `in_list` takes: anything that yields operands of base type `B`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of SQL values of type `{B}`",
    label = "no list of `{B}`",
    note = "a list, an array or a `Vec` of values: `.in_list([1, 2])`; what a query gives: `.in_query(Author::query().select(|a| a.id))`"
)]
pub trait IntoList<B: SqlType> {
    /// `B`, or `Option<B>` where an element may be NULL.
    type Type: SqlType<Base = B>;
    /// `when_empty` must be no number: in GROUP BY and ORDER BY one is the position of a column.
    #[doc(hidden)]
    fn membership(self, of: Node, operator: &'static str, when_empty: &'static str) -> Node;
}

#[diagnostic::do_not_recommend]
impl<B: SqlType, V: IntoExpr<B>, I: IntoIterator<Item = V>> IntoList<B> for I {
    type Type = V::Type;
    fn membership(self, of: Node, operator: &'static str, when_empty: &'static str) -> Node {
        let mut values = self.into_iter().map(V::into_node).peekable();
        if values.peek().is_none() {
            return sql(when_empty);
        }
        infix(of, operator, call("", values))
    }
}
