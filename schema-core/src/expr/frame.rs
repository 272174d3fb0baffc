use std::marker::PhantomData;

use super::{Node, Order, Orders, sql};
use crate::{query::Selection, value::SqlType};

/// Which rows a window function sees.
#[derive(Clone, Debug)]
pub struct Frame<E> {
    partition: Vec<Node>,
    order: Vec<Order>,
    bounds: Option<String>,
    kind: PhantomData<fn() -> E>,
}

/// Whether a frame has a row.
pub trait FrameKind {
    /// `T`, or an `Option` of it where the frame may have none.
    type Value<T: SqlType>: SqlType;
}

/// A frame that holds the current row.
#[derive(Clone, Copy, Debug)]
pub enum Holds {}
impl FrameKind for Holds {
    type Value<T: SqlType> = T;
}

/// A frame that may have no row.
#[derive(Clone, Copy, Debug)]
pub enum MayBeEmpty {}
impl FrameKind for MayBeEmpty {
    type Value<T: SqlType> = T::Opt;
}

/// Where a frame begins or ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// With the first row of the partition, or the last.
    Unbounded,
    /// This many rows before the current one.
    Before(u32),
    /// With the current row.
    Current,
    /// This many rows behind the current one.
    Behind(u32),
}

impl Bound {
    fn text(self, unbounded: &str) -> String {
        match self {
            Self::Unbounded => format!("UNBOUNDED {unbounded}"),
            Self::Before(rows) => format!("{rows} PRECEDING"),
            Self::Current => "CURRENT ROW".to_owned(),
            Self::Behind(rows) => format!("{rows} FOLLOWING"),
        }
    }
}

impl<E> Frame<E> {
    pub(super) fn new() -> Self {
        Self { partition: Vec::new(), order: Vec::new(), bounds: None, kind: PhantomData }
    }

    /// Only rows that are equal in these: a column, an expression, a tuple of them.
    pub fn partition_by<X: Selection>(mut self, by: X) -> Self {
        by.select_into(&mut self.partition);
        self
    }

    /// The order of the rows. With one, the frame ends with the current row and its equals.
    pub fn order_by<O: Orders>(mut self, order: O) -> Self {
        order.order_into(&mut self.order);
        self
    }

    fn bounded<B>(self, bounds: String) -> Frame<B> {
        Frame { partition: self.partition, order: self.order, bounds: Some(bounds), kind: PhantomData }
    }

    /// From the first row of the partition to the current one: a running sum.
    pub fn running(self) -> Frame<Holds> {
        self.bounded("ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW".to_owned())
    }

    /// Every row of the partition, also with an order.
    pub fn whole_partition(self) -> Frame<Holds> {
        self.bounded("ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING".to_owned())
    }

    /// The current row, this many before it and this many behind it: a moving average.
    pub fn rows_around(self, before: u32, behind: u32) -> Frame<Holds> {
        self.bounded(format!("ROWS BETWEEN {before} PRECEDING AND {behind} FOLLOWING"))
    }

    /// From one row to another, which may leave out the current one. A frame that begins behind its end
    /// has no row.
    pub fn rows_between(self, start: Bound, end: Bound) -> Frame<MayBeEmpty> {
        let bounds = format!("ROWS BETWEEN {} AND {}", start.text("PRECEDING"), end.text("FOLLOWING"));
        self.bounded(bounds)
    }

    /// From one group of rows that are equal in the window's order to another, which may leave out the
    /// current one.
    pub fn groups_between(self, start: Bound, end: Bound) -> Frame<MayBeEmpty> {
        let bounds = format!("GROUPS BETWEEN {} AND {}", start.text("PRECEDING"), end.text("FOLLOWING"));
        self.bounded(bounds)
    }

    pub(super) fn write(self, nodes: &mut Vec<Node>) {
        let mut space = "";
        let order = self.order.into_iter().map(Order::node).collect();
        for (head, list) in [("PARTITION BY ", self.partition), ("ORDER BY ", order)] {
            for (position, node) in list.into_iter().enumerate() {
                if position == 0 {
                    nodes.extend([sql(space), sql(head)]);
                } else {
                    nodes.push(sql(", "));
                }
                nodes.push(node);
                space = " ";
            }
        }
        if let Some(bounds) = self.bounds {
            nodes.extend([sql(space), Node::Sql(bounds.into())]);
        }
    }
}
