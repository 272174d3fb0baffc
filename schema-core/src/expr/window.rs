use std::{fmt, marker::PhantomData};

use super::{
    Aggregate, AsExpr, Condition, Counted, Expr, Frame, FrameKind, Holds, Node, OverRows, call, infix, sql,
};
use crate::value::{SqlType, Value};

/// A function over a window of rows: a value once [`over`](Self::over) says which rows.
#[must_use = "say which rows: `.over(|w| w.partition_by(..).order_by(..))`"]
pub struct Window<T, K> {
    function: Node,
    filter: Option<Node>,
    value: PhantomData<fn() -> (T, K)>,
}

impl<T, K> Clone for Window<T, K> {
    fn clone(&self) -> Self {
        Self { function: self.function.clone(), filter: self.filter.clone(), value: PhantomData }
    }
}

impl<T, K> fmt::Debug for Window<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Window").field(&self.function).finish()
    }
}

/// What a window function gives over no row.
pub trait WindowKind {
    /// Its type over such a frame.
    type Value<T: SqlType, E: FrameKind>: SqlType;
}

/// A function that ranks rows, or looks at others: it needs no row in its frame.
#[derive(Clone, Copy, Debug)]
pub enum Ranked {}
/// A function that picks a row of its frame: NULL where there is none.
#[derive(Clone, Copy, Debug)]
pub enum Picked {}

impl WindowKind for Counted {
    type Value<T: SqlType, E: FrameKind> = T;
}
impl WindowKind for Ranked {
    type Value<T: SqlType, E: FrameKind> = T;
}
impl WindowKind for Aggregate {
    type Value<T: SqlType, E: FrameKind> = E::Value<T>;
}
impl WindowKind for Picked {
    type Value<T: SqlType, E: FrameKind> = E::Value<T>;
}

impl<T, K> Window<T, K> {
    pub(super) fn new(function: Node) -> Self {
        Self { function, filter: None, value: PhantomData }
    }
}

impl<T: SqlType, K: WindowKind> Window<T, K> {
    /// Over these rows: `row_number().over(|w| w.partition_by(b.author_id).order_by(b.price.desc()))`.
    pub fn over<E: FrameKind>(self, window: impl FnOnce(Frame<Holds>) -> Frame<E>) -> Expr<K::Value<T, E>> {
        let mut nodes = vec![self.function];
        if let Some(filter) = self.filter {
            nodes.extend([sql(" FILTER (WHERE "), filter, sql(")")]);
        }
        nodes.push(sql(" OVER ("));
        window(Frame::new()).write(&mut nodes);
        nodes.push(sql(")"));
        Expr::new(Node::OverRows(OverRows::InWindow, nodes))
    }
}

impl<T: SqlType> Window<T, Aggregate> {
    /// `FILTER`: only over the rows for which the condition is true, of which there may be none.
    pub fn filter(self, condition: impl Condition) -> Window<T::Opt, Aggregate> {
        let filter = Some(and(self.filter, condition));
        Window { function: self.function, filter, value: PhantomData }
    }
}

impl<T: SqlType> Window<T, Counted> {
    /// `FILTER`: only over the rows for which the condition is true.
    pub fn filter(mut self, condition: impl Condition) -> Self {
        self.filter = Some(and(self.filter.take(), condition));
        self
    }
}

fn and(before: Option<Node>, condition: impl Condition) -> Node {
    let condition = condition.into_condition().node();
    match before {
        Some(before) => infix(before, " AND ", condition),
        None => condition,
    }
}

/// `row_number`: 1 for the first row of the window's order, and so on.
pub fn row_number() -> Window<i64, Ranked> {
    Window::new(sql("row_number()"))
}

/// `rank`: the number of the first of the rows that are equal in the window's order.
pub fn rank() -> Window<i64, Ranked> {
    Window::new(sql("rank()"))
}

/// `dense_rank`: like [`rank`], without leaving out numbers.
pub fn dense_rank() -> Window<i64, Ranked> {
    Window::new(sql("dense_rank()"))
}

/// `percent_rank`: the rank from 0.0 to 1.0.
pub fn percent_rank() -> Window<f64, Ranked> {
    Window::new(sql("percent_rank()"))
}

/// `cume_dist`: the part of the rows that come no later, over 0.0 up to 1.0.
pub fn cume_dist() -> Window<f64, Ranked> {
    Window::new(sql("cume_dist()"))
}

/// `ntile`: the number of the row's bucket, where the rows are dealt into this many. At least one.
pub fn ntile(buckets: u32) -> Window<i64, Ranked> {
    Window::new(call("ntile", [number(buckets.max(1))]))
}

/// `lag`: the value in the row before; NULL in the first.
pub fn lag<X: AsExpr>(value: X) -> Window<<X::Type as SqlType>::Opt, Ranked> {
    lag_by(value, 1)
}

/// `lag`: the value this many rows before; NULL where there is none.
pub fn lag_by<X: AsExpr>(value: X, rows: u32) -> Window<<X::Type as SqlType>::Opt, Ranked> {
    Window::new(call("lag", [value.into_node(), number(rows)]))
}

/// `lead`: the value in the row behind; NULL in the last.
pub fn lead<X: AsExpr>(value: X) -> Window<<X::Type as SqlType>::Opt, Ranked> {
    lead_by(value, 1)
}

/// `lead`: the value this many rows behind; NULL where there is none.
pub fn lead_by<X: AsExpr>(value: X, rows: u32) -> Window<<X::Type as SqlType>::Opt, Ranked> {
    Window::new(call("lead", [value.into_node(), number(rows)]))
}

/// `first_value`: the value in the first row of the frame.
pub fn first_value<X: AsExpr>(value: X) -> Window<X::Type, Picked> {
    Window::new(call("first_value", [value.into_node()]))
}

/// `last_value`: the value in the last row of the frame, which by default ends with the current one.
pub fn last_value<X: AsExpr>(value: X) -> Window<X::Type, Picked> {
    Window::new(call("last_value", [value.into_node()]))
}

/// `nth_value`: the value in this row of the frame, counted from 1; NULL where it has fewer.
pub fn nth_value<X: AsExpr>(value: X, row: u32) -> Window<<X::Type as SqlType>::Opt, Picked> {
    Window::new(call("nth_value", [value.into_node(), number(row.max(1))]))
}

fn number(value: u32) -> Node {
    Node::Value(Value::Integer(value.into()))
}
