use std::{fmt, marker::PhantomData};

use super::{Alias, ColumnKind, ColumnRef, Computed, Kind, Node, sequence, sql};
use crate::value::SqlType;

/// A SQL expression whose value has the Rust type `T`.
///
/// `K` is [`Computed`] for what was calculated and a [`ColumnKind`] for a column ([`Col`](super::Col)).
// rustc shows this line where an operator is missing.
#[rustfmt::skip]
pub struct Expr<T, K: Kind = Computed> { // compared by `.eq(..)`, `.lt(..)`; joined by `.and(..)`, `.or(..)`
    pub(crate) parts: K::Parts,
    value: PhantomData<fn() -> (T, K)>,
}

impl<T, K: Kind> Clone for Expr<T, K> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), value: PhantomData }
    }
}
impl<T, K: ColumnKind> Copy for Expr<T, K> {}

impl<T, K: Kind> fmt::Debug for Expr<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expr").field(&self.parts).finish()
    }
}

impl<T> Expr<T> {
    pub(crate) fn new(node: Node) -> Self {
        Self { parts: node, value: PhantomData }
    }
}

impl<T, K: ColumnKind> Expr<T, K> {
    pub(crate) const fn column(alias: Alias, index: u16) -> Self {
        Self { parts: ColumnRef { alias, index }, value: PhantomData }
    }
}

impl<T, K: Kind> Expr<T, K> {
    pub(super) fn from_parts(parts: K::Parts) -> Self {
        Self { parts, value: PhantomData }
    }

    pub(crate) fn node(self) -> Node {
        self.parts.into()
    }
}

impl<T: SqlType, K: Kind> Expr<T, K> {
    /// The node where SQL compares, orders, groups or tells apart.
    pub(crate) fn compared(self) -> Node {
        collated(self.node(), T::COLLATE)
    }
}

/// A node with what its type's comparison needs.
pub(crate) fn collated(node: Node, collate: Option<&'static str>) -> Node {
    match collate {
        None => node,
        Some(collate) => sequence([sql("("), node, sql(collate), sql(")")]),
    }
}

/// Something that has a SQL type of its own: a column or a calculated expression.
#[diagnostic::on_unimplemented(message = "`{Self}` is no SQL expression", label = "no expression")]
pub trait AsExpr {
    /// The type of its value.
    type Type: SqlType;
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType, K: Kind> AsExpr for Expr<T, K> {
    type Type = T;
    fn into_node(self) -> Node {
        self.node()
    }
}
