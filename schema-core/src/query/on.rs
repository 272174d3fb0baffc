//! The condition of a join.

use crate::expr::{Condition, Expr};

/// What joins a table: a closure over the columns of both sides that gives a condition,
/// `|b, a| a.id.eq(b.author_id)`.
///
/// A trait of its own, and no second type parameter of `join`, so that `join::<Author>(..)` names all of them.
pub trait On<L, R>: FnOnce(L, R) -> <Self as On<L, R>>::Condition {
    /// What the closure gives.
    type Condition: Condition;
    #[doc(hidden)]
    fn holds(self, left: L, right: R) -> Expr<bool>;
}

impl<L, R, C: Condition, F: FnOnce(L, R) -> C> On<L, R> for F {
    type Condition = C;
    fn holds(self, left: L, right: R) -> Expr<bool> {
        self(left, right).into_condition()
    }
}
