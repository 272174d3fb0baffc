use super::{Expr, IntoExpr, Kind, call};
use crate::value::{Number, SqlType};

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// `abs`: the value without its sign.
    pub fn abs(self) -> Expr<T>
    where
        T: Number,
    {
        Expr::new(call("abs", [self.node()]))
    }

    /// `round`, to this many digits behind the point.
    pub fn round<D: IntoExpr<i64>>(self, digits: D) -> Expr<T::Like<f64>>
    where
        T: Number,
    {
        Expr::new(call("round", [self.node(), digits.into_node()]))
    }
}
