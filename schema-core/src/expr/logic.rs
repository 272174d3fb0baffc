use std::ops::Not;

use super::{Expr, Kind, infix, sequence, sql};

/// A truth value: `Expr<bool>`, a `bool` column, or a nullable one of these, where NULL counts as false.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "not a condition",
    note = "compare it: `.eq(..)`, `.gt(..)`, `.is_null()`; join conditions with `.and(..)` and `.or(..)`",
    note = "a filter that is there only where there is a value: `filter_some(title, |b, title| b.title.eq(title))`"
)]
pub trait Condition {
    #[doc(hidden)]
    fn into_condition(self) -> Expr<bool>;
}

#[diagnostic::do_not_recommend]
impl<K: Kind> Condition for Expr<bool, K> {
    fn into_condition(self) -> Expr<bool> {
        Expr::new(self.node())
    }
}

#[diagnostic::do_not_recommend]
impl<K: Kind> Condition for Expr<Option<bool>, K> {
    fn into_condition(self) -> Expr<bool> {
        Expr::new(self.node())
    }
}

impl<K: Kind> Expr<bool, K> {
    /// `AND`.
    pub fn and(self, right: impl Condition) -> Expr<bool> {
        Expr::new(infix(self.node(), " AND ", right.into_condition().node()))
    }

    /// `OR`.
    pub fn or(self, right: impl Condition) -> Expr<bool> {
        Expr::new(infix(self.node(), " OR ", right.into_condition().node()))
    }
}

/// `NOT`.
impl<K: Kind> Not for Expr<bool, K> {
    type Output = Expr<bool>;
    fn not(self) -> Expr<bool> {
        Expr::new(sequence([sql("(NOT "), self.node(), sql(")")]))
    }
}
