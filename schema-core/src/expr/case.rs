use std::marker::PhantomData;

use super::{Condition, Expr, IntoExpr, Literal, Node, sql};
use crate::value::SqlType;

/// Begins a `CASE`: `case().when(b.pages.gt(900), "long").otherwise("short")`.
pub fn case() -> CaseStart {
    CaseStart
}

/// A `CASE` without a branch.
#[derive(Clone, Copy, Debug)]
pub struct CaseStart;

/// A `CASE` whose branches give a `T`.
pub struct Case<T> {
    nodes: Vec<Node>,
    value: PhantomData<fn() -> T>,
}

impl<T> Clone for Case<T> {
    fn clone(&self) -> Self {
        Self { nodes: self.nodes.clone(), value: PhantomData }
    }
}

impl<T> std::fmt::Debug for Case<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Case").field(&self.nodes).finish()
    }
}

impl CaseStart {
    /// The value where the condition is true. It decides the type of the whole.
    pub fn when<V: Literal>(self, condition: impl Condition, value: V) -> Case<V::Type> {
        Case::with(vec![sql("CASE")], condition, value.into_node())
    }
}

impl<T: SqlType> Case<T> {
    fn with(mut nodes: Vec<Node>, condition: impl Condition, value: Node) -> Self {
        nodes.extend([sql(" WHEN "), condition.into_condition().node(), sql(" THEN "), value]);
        Self { nodes, value: PhantomData }
    }

    /// The value where this condition is true and none before it was.
    pub fn when<R: IntoExpr<T::Base>>(self, condition: impl Condition, value: R) -> Case<T::Like<R::Type>> {
        Case::with(self.nodes, condition, value.into_node())
    }

    /// The value where no condition is true.
    pub fn otherwise<R: IntoExpr<T::Base>>(mut self, value: R) -> Expr<T::Like<R::Type>> {
        self.nodes.extend([sql(" ELSE "), value.into_node(), sql(" END")]);
        Expr::new(Node::Sequence(self.nodes))
    }

    /// NULL where no condition is true.
    pub fn or_null(mut self) -> Expr<T::Opt> {
        self.nodes.push(sql(" END"));
        Expr::new(Node::Sequence(self.nodes))
    }
}
