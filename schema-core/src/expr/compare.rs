use super::{Expr, IntoExpr, IntoList, Kind, infix, sequence, sql};
use crate::value::SqlType;

/// What a comparison gives: a `bool`, or an `Option<bool>` where one of its sides may be NULL.
pub type Truth<L, R> = Expr<<<L as SqlType>::Like<R> as SqlType>::Like<bool>>;

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// `=`. NULL where a side is, which a filter takes for false.
    pub fn eq<R: IntoExpr<T::Base>>(self, right: R) -> Truth<T, R::Type> {
        Expr::new(infix(self.compared(), " = ", right.into_node()))
    }

    /// `<>`. NULL where a side is, which a filter takes for false; see [`is_distinct_from`](Self::is_distinct_from).
    pub fn ne<R: IntoExpr<T::Base>>(self, right: R) -> Truth<T, R::Type> {
        Expr::new(infix(self.compared(), " <> ", right.into_node()))
    }

    /// `<`.
    pub fn lt<R: IntoExpr<T::Base>>(self, right: R) -> Truth<T, R::Type> {
        Expr::new(infix(self.compared(), " < ", right.into_node()))
    }

    /// `<=`.
    pub fn le<R: IntoExpr<T::Base>>(self, right: R) -> Truth<T, R::Type> {
        Expr::new(infix(self.compared(), " <= ", right.into_node()))
    }

    /// `>`.
    pub fn gt<R: IntoExpr<T::Base>>(self, right: R) -> Truth<T, R::Type> {
        Expr::new(infix(self.compared(), " > ", right.into_node()))
    }

    /// `>=`.
    pub fn ge<R: IntoExpr<T::Base>>(self, right: R) -> Truth<T, R::Type> {
        Expr::new(infix(self.compared(), " >= ", right.into_node()))
    }

    /// `IS NOT DISTINCT FROM`: equal, or both NULL.
    pub fn is_not_distinct_from<R: IntoExpr<T::Base>>(self, right: R) -> Expr<bool> {
        Expr::new(infix(self.compared(), " IS NOT DISTINCT FROM ", right.into_node()))
    }

    /// `IS DISTINCT FROM`: different, or one of the two NULL.
    pub fn is_distinct_from<R: IntoExpr<T::Base>>(self, right: R) -> Expr<bool> {
        Expr::new(infix(self.compared(), " IS DISTINCT FROM ", right.into_node()))
    }

    /// `IS NULL`.
    pub fn is_null(self) -> Expr<bool> {
        Expr::new(sequence([sql("("), self.node(), sql(" IS NULL)")]))
    }

    /// `IS NOT NULL`.
    pub fn is_not_null(self) -> Expr<bool> {
        Expr::new(sequence([sql("("), self.node(), sql(" IS NOT NULL)")]))
    }

    /// `BETWEEN`: both bounds belong to it.
    pub fn between<L: IntoExpr<T::Base>, H: IntoExpr<T::Base>>(
        self,
        low: L,
        high: H,
    ) -> Truth<T::Like<L::Type>, H::Type> {
        Expr::new(sequence([
            sql("("),
            self.compared(),
            sql(" BETWEEN "),
            low.into_node(),
            sql(" AND "),
            high.into_node(),
            sql(")"),
        ]))
    }

    /// `IN`. An empty list is false for every row, and no error.
    pub fn in_list<L: IntoList<T::Base>>(self, list: L) -> Truth<T, L::Type> {
        Expr::new(list.membership(self.compared(), " IN ", "(1 = 0)"))
    }

    /// `NOT IN`. An empty list is true for every row, and no error.
    pub fn not_in_list<L: IntoList<T::Base>>(self, list: L) -> Truth<T, L::Type> {
        Expr::new(list.membership(self.compared(), " NOT IN ", "(1 = 1)"))
    }

    /// `coalesce`: the fallback where the value is NULL.
    pub fn unwrap_or<R: IntoExpr<T::Base>>(self, fallback: R) -> Expr<R::Type> {
        Expr::new(super::call("coalesce", [self.node(), fallback.into_node()]))
    }
}
