//! Conditions that are there only where there is a value to compare with.

use super::{Condition, Expr, Joined, Kind, Node, infix};
use crate::value::SqlType;

/// A condition that may be missing: a condition, or an `Option` of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no condition, and no `Option` of one",
    label = "not a condition",
    note = "`any_of((title.map(|t| b.title.contains(t)), b.pages.gt(900)))`"
)]
pub trait OptionalCondition {
    /// `bool`, or `Option<bool>` where it may be NULL.
    type Truth: SqlType<Base = bool>;
    #[doc(hidden)]
    fn into_optional(self) -> Option<Expr<bool>>;
}

#[diagnostic::do_not_recommend]
impl<C: Condition> OptionalCondition for C {
    type Truth = C::Truth;
    fn into_optional(self) -> Option<Expr<bool>> {
        Some(self.into_condition())
    }
}

#[diagnostic::do_not_recommend]
impl<C: Condition> OptionalCondition for Option<C> {
    type Truth = C::Truth;
    fn into_optional(self) -> Option<Expr<bool>> {
        self.map(Condition::into_condition)
    }
}

/// What [`any_of`] and [`all_of`] take: a tuple of up to eight conditions or `Option`s of them, or a list.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no group of conditions",
    label = "no tuple, array or `Vec` of conditions",
    note = "`any_of((title.map(|t| b.title.contains(t)), b.pages.gt(900)))`"
)]
pub trait Conditions {
    /// `bool`, or `Option<bool>` where one of them may be NULL.
    type Truth: SqlType<Base = bool>;
    #[doc(hidden)]
    fn into_present(self) -> Vec<Expr<bool>>;
}

#[diagnostic::do_not_recommend]
impl<C: OptionalCondition> Conditions for Vec<C> {
    type Truth = C::Truth;
    fn into_present(self) -> Vec<Expr<bool>> {
        self.into_iter().filter_map(OptionalCondition::into_optional).collect()
    }
}

#[diagnostic::do_not_recommend]
impl<C: OptionalCondition, const N: usize> Conditions for [C; N] {
    type Truth = C::Truth;
    fn into_present(self) -> Vec<Expr<bool>> {
        self.into_iter().filter_map(OptionalCondition::into_optional).collect()
    }
}

/// The first that may be NULL, or the last.
macro_rules! truth {
    ($last:ident) => { $last::Truth };
    ($first:ident $($rest:ident)+) => { <$first::Truth as SqlType>::Like<truth!($($rest)+)> };
}

macro_rules! tuples {
    ($($name:ident $at:tt),*) => {
        #[diagnostic::do_not_recommend]
        impl<$($name: OptionalCondition),*> Conditions for ($($name,)*) {
            type Truth = truth!($($name)*);
            fn into_present(self) -> Vec<Expr<bool>> {
                [$(self.$at.into_optional()),*].into_iter().flatten().collect()
            }
        }
    };
}
tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);

/// Whether any of the conditions that are there is true; `None` where none is there.
///
/// ```
/// # use schema_core::{Table, expr::any_of};
/// # #[derive(Table)]
/// # struct Book { #[column(primary_key)] id: i64, title: String, isbn: String }
/// let (title, isbn): (Option<&str>, Option<&str>) = (Some("Dune"), None);
/// let query = Book::query()
///     .filter_optional(|b| any_of((title.map(|t| b.title.contains(t)), isbn.map(|i| b.isbn.eq(i)))));
/// ```
pub fn any_of<C: Conditions>(conditions: C) -> Option<Expr<C::Truth>> {
    joined(conditions, " OR ")
}

/// Whether all of the conditions that are there are true; `None` where none is there. For groups inside of
/// [`any_of`]: several filters of a query must all be true anyway.
pub fn all_of<C: Conditions>(conditions: C) -> Option<Expr<C::Truth>> {
    joined(conditions, " AND ")
}

fn joined<C: Conditions>(conditions: C, operator: &'static str) -> Option<Expr<C::Truth>> {
    let mut level: Vec<Node> = conditions.into_present().into_iter().map(Expr::node).collect();
    // Neighbours pairwise, again and again: a chain would soon be too deep for SQLite.
    while level.len() > 1 {
        let mut rest = level.into_iter();
        let mut pairs = Vec::new();
        while let Some(left) = rest.next() {
            pairs.push(match rest.next() {
                Some(right) => infix(left, operator, right),
                None => left,
            });
        }
        level = pairs;
    }
    level.pop().map(Expr::new)
}

impl<T, K: Kind> Expr<T, K> {
    /// `AND` a condition that may be missing; without it the left side alone.
    pub fn and_some<C: Condition>(self, right: Option<C>) -> Joined<Self, C>
    where
        Self: Condition,
    {
        Expr::new(with_some(self.node(), " AND ", right))
    }

    /// `OR` a condition that may be missing; without it the left side alone:
    /// `b.title.contains(word).or_some(isbn.map(|i| b.isbn.eq(i)))`.
    pub fn or_some<C: Condition>(self, right: Option<C>) -> Joined<Self, C>
    where
        Self: Condition,
    {
        Expr::new(with_some(self.node(), " OR ", right))
    }
}

fn with_some(left: Node, operator: &'static str, right: Option<impl Condition>) -> Node {
    match right {
        Some(right) => infix(left, operator, right.into_condition().node()),
        None => left,
    }
}
