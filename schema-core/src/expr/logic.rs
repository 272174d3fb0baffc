use std::ops::Not;

use super::{Expr, Kind, infix, sequence, sql};
use crate::value::SqlType;

/// A truth value: `Expr<bool>`, a `bool` column, or a nullable one of these, where NULL counts as false.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition",
    label = "not a condition",
    note = "compare it: `.eq(..)`, `.gt(..)`, `.is_null()`; join conditions with `.and(..)` and `.or(..)`",
    note = "a filter that is there only where there is a value: `filter_some(title, |b, title| b.title.eq(title))`; an `Option` of a condition: `filter_optional(..)`"
)]
pub trait Condition {
    /// `bool`, or `Option<bool>` where it may be NULL.
    type Truth: SqlType<Base = bool>;
    #[doc(hidden)]
    fn into_condition(self) -> Expr<bool>;
}

#[diagnostic::do_not_recommend]
impl<K: Kind> Condition for Expr<bool, K> {
    type Truth = bool;
    fn into_condition(self) -> Expr<bool> {
        Expr::new(self.node())
    }
}

#[diagnostic::do_not_recommend]
impl<K: Kind> Condition for Expr<Option<bool>, K> {
    type Truth = Option<bool>;
    fn into_condition(self) -> Expr<bool> {
        Expr::new(self.node())
    }
}

/// What a condition and another give together: `bool`, or `Option<bool>` where one of them may be NULL.
pub type Joined<L, R> = Expr<<<L as Condition>::Truth as SqlType>::Like<<R as Condition>::Truth>>;

impl<T, K: Kind> Expr<T, K> {
    /// `AND`. NULL and false are false, NULL and true are NULL.
    pub fn and<C: Condition>(self, right: C) -> Joined<Self, C>
    where
        Self: Condition,
    {
        Expr::new(infix(self.node(), " AND ", right.into_condition().node()))
    }

    /// `OR`. NULL or true are true, NULL or false are NULL.
    pub fn or<C: Condition>(self, right: C) -> Joined<Self, C>
    where
        Self: Condition,
    {
        Expr::new(infix(self.node(), " OR ", right.into_condition().node()))
    }
}

/// `NOT`. NULL stays NULL.
impl<T, K: Kind> Not for Expr<T, K>
where
    Self: Condition,
{
    type Output = Expr<T>;
    fn not(self) -> Expr<T> {
        Expr::new(sequence([sql("(NOT "), self.node(), sql(")")]))
    }
}
