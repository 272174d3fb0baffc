use std::borrow::Cow;

use super::{
    Col, ColumnKind, Columns, Computed, Condition, Each, Expr, Kind, Literal, Mode, Node, NotGrouped, Order,
    Orders, OverRows, Window, expression::collated, sql,
};
use crate::value::{Number, SqlType, Textual};

/// An aggregate that is NULL over no row: `sum`, `avg`, `min`, `max`, `group_concat`.
#[derive(Clone, Copy, Debug)]
pub enum Aggregate {}
impl Kind for Aggregate {
    type Parts = Aggregated;
}

/// An aggregate that is 0 over no row: `count`, `count_distinct`, `total`.
#[derive(Clone, Copy, Debug)]
pub enum Counted {}
impl Kind for Counted {
    type Parts = Aggregated;
}

/// What an aggregate gives over no row.
pub trait AggregateKind: Kind<Parts = Aggregated> {
    /// Its type there: an `Option`, or `T` itself.
    type OverNothing<T: SqlType>: SqlType;
}
impl AggregateKind for Aggregate {
    type OverNothing<T: SqlType> = T::Opt;
}
impl AggregateKind for Counted {
    type OverNothing<T: SqlType> = T;
}

/// An aggregate before it is written.
#[derive(Clone, Debug)]
pub struct Aggregated {
    function: Cow<'static, str>,
    distinct: bool,
    arguments: Vec<Node>,
    order: Vec<Order>,
    filter: Option<Node>,
}

impl Aggregated {
    fn new(function: &'static str, arguments: Vec<Node>) -> Self {
        Self { function: function.into(), distinct: false, arguments, order: Vec::new(), filter: None }
    }

    /// An aggregate of the application, by its quoted name.
    pub(crate) fn of_application(function: String, arguments: Vec<Node>) -> Self {
        Self { function: function.into(), ..Self::new("", arguments) }
    }
}

impl From<Aggregated> for Node {
    fn from(aggregate: Aggregated) -> Self {
        let Aggregated { function, distinct, arguments, order, filter } = aggregate;
        let mut nodes = vec![Node::Sql(function), sql(if distinct { "(DISTINCT " } else { "(" })];
        let list = |nodes: &mut Vec<Node>, head: &'static str, list: Vec<Node>| {
            for (position, node) in list.into_iter().enumerate() {
                nodes.push(sql(if position == 0 { head } else { ", " }));
                nodes.push(node);
            }
        };
        list(&mut nodes, "", arguments);
        list(&mut nodes, " ORDER BY ", order.into_iter().map(Order::node).collect());
        nodes.push(sql(")"));
        if let Some(filter) = filter {
            nodes.extend([sql(" FILTER (WHERE "), filter, sql(")")]);
        }
        Node::OverRows(OverRows::InGroup, nodes)
    }
}

/// Where an aggregate's argument stands, which decides what the aggregate is.
pub trait Level: 'static {
    /// An aggregate of value `T` and kind `K`.
    type Of<T: SqlType, K: AggregateKind>;
    /// A value of any row.
    type Any<T: SqlType>: SqlType;
    #[doc(hidden)]
    fn make<T: SqlType, K: AggregateKind>(aggregate: Aggregated) -> Self::Of<T, K>;
}

/// In a closure over groups, where an aggregate is a value, and every group has a row.
#[derive(Clone, Copy, Debug)]
pub enum OfGroup {}
impl Level for OfGroup {
    type Of<T: SqlType, K: AggregateKind> = Expr<T, K>;
    type Any<T: SqlType> = T;
    fn make<T: SqlType, K: AggregateKind>(aggregate: Aggregated) -> Expr<T, K> {
        Expr::from_parts(aggregate)
    }
}

/// In a closure over all rows, of which there may be none.
#[derive(Clone, Copy, Debug)]
pub enum OfAll {}
impl Level for OfAll {
    type Of<T: SqlType, K: AggregateKind> = Expr<K::OverNothing<T>, K>;
    type Any<T: SqlType> = T::Opt;
    fn make<T: SqlType, K: AggregateKind>(aggregate: Aggregated) -> Expr<K::OverNothing<T>, K> {
        Expr::from_parts(aggregate)
    }
}

/// In a closure over rows, where an aggregate is a value only over a window.
#[derive(Clone, Copy, Debug)]
pub enum OfRow {}
impl Level for OfRow {
    type Of<T: SqlType, K: AggregateKind> = Window<T, K>;
    type Any<T: SqlType> = T;
    fn make<T: SqlType, K: AggregateKind>(aggregate: Aggregated) -> Window<T, K> {
        Window::new(aggregate.into())
    }
}

/// What an aggregate takes: a column, in a closure over rows also any expression, and in a closure
/// over groups what [`each`](super::each) makes of its rows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be aggregated",
    label = "no column of the rows",
    note = "an expression over the rows of a group is written `sum(each(b, |b| b.price * b.stock))`"
)]
pub trait Argument {
    /// The type of its value in a row.
    type Type: SqlType;
    /// Where it stands.
    type Level: Level;
    #[doc(hidden)]
    fn into_node(self) -> Node;
}

#[diagnostic::do_not_recommend]
impl<T: SqlType, L: Level> Argument for NotGrouped<T, L> {
    type Type = T;
    type Level = L;
    fn into_node(self) -> Node {
        self.node()
    }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType, K: Kind, L: Level> Argument for Each<Expr<T, K>, L> {
    type Type = T;
    type Level = L;
    fn into_node(self) -> Node {
        self.into_inner().node()
    }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType, K: ColumnKind> Argument for Col<T, K> {
    type Type = T;
    type Level = OfRow;
    fn into_node(self) -> Node {
        self.node()
    }
}

#[diagnostic::do_not_recommend]
impl<T: SqlType> Argument for Expr<T, Computed> {
    type Type = T;
    type Level = OfRow;
    fn into_node(self) -> Node {
        self.node()
    }
}

type Of<A, T, K> = <<A as Argument>::Level as Level>::Of<T, K>;

fn of<A: Argument, T: SqlType, K: AggregateKind>(function: &'static str, argument: A) -> Of<A, T, K> {
    A::Level::make(Aggregated::new(function, vec![argument.into_node()]))
}

/// As [`of`], for functions that compare their argument.
fn compared<A: Argument, T: SqlType, K: AggregateKind>(function: &'static str, argument: A) -> Of<A, T, K> {
    A::Level::make(Aggregated::new(function, vec![collated(argument.into_node(), A::Type::COLLATE)]))
}

/// `count(*)`: the number of rows of a group. Of the far side of a LEFT JOIN, the rows that were found.
pub fn count<C: HasRows>(table: C) -> C::Count {
    table.count()
}

/// A table in a closure, whose rows can be counted.
#[diagnostic::on_unimplemented(
    message = "`count` counts the rows of a table, and `{Self}` is none",
    label = "no table of this query",
    note = "`count(b)` counts rows, `count_values(b.title)` those in which a column is not NULL"
)]
pub trait HasRows {
    /// Their number.
    type Count;
    #[doc(hidden)]
    fn count(self) -> Self::Count;
}
#[diagnostic::do_not_recommend]
impl<C: Columns> HasRows for C {
    type Count = <<C::Mode as Mode>::Level as Level>::Of<i64, Counted>;
    fn count(self) -> Self::Count {
        let rows = if C::Mode::NULLABLE { present(&self) } else { sql("*") };
        <C::Mode as Mode>::Level::make(Aggregated::new("count", vec![rows]))
    }
}

/// Something that is NULL exactly where a LEFT JOIN has found no row.
fn present<C: Columns>(table: &C) -> Node {
    use crate::record::Record as _;
    let alias = table.alias();
    match C::Record::SHAPE.presence().and_then(|index| u16::try_from(index).ok()) {
        Some(index) => Node::Column(alias, index),
        None => Node::RowId(alias),
    }
}

/// `count(x)`: the number of rows in which the value is not NULL.
pub fn count_values<A: Argument>(argument: A) -> Of<A, i64, Counted> {
    of("count", argument)
}

/// `count(DISTINCT x)`: the number of different values that are not NULL.
pub fn count_distinct<A: Argument>(argument: A) -> Of<A, i64, Counted> {
    let mut aggregate = Aggregated::new("count", vec![collated(argument.into_node(), A::Type::COLLATE)]);
    aggregate.distinct = true;
    A::Level::make(aggregate)
}

/// `sum`. Over nothing, NULL; integers that do not fit 64 bits are an error.
pub fn sum<A: Argument<Type: Number>>(argument: A) -> Of<A, <A::Type as Number>::Sum, Aggregate> {
    of("sum", argument)
}

/// `total`: the sum as a floating-point number, 0.0 over nothing.
pub fn total<A: Argument<Type: Number>>(argument: A) -> Of<A, f64, Counted> {
    of("total", argument)
}

/// `avg`. Over nothing, NULL.
pub fn avg<A: Argument<Type: Number>>(argument: A) -> Of<A, <A::Type as SqlType>::Like<f64>, Aggregate> {
    of("avg", argument)
}

/// `min`: the smallest value that is not NULL. Over nothing, NULL.
pub fn min<A: Argument>(argument: A) -> Of<A, A::Type, Aggregate> {
    compared("min", argument)
}

/// `max`: the largest value that is not NULL. Over nothing, NULL.
pub fn max<A: Argument>(argument: A) -> Of<A, A::Type, Aggregate> {
    compared("max", argument)
}

/// `group_concat`: the texts of a group, one behind the other, with a separator between.
/// [`order_by`](Expr::order_by) says in which order.
pub fn group_concat<A: Argument<Type: Textual>>(
    argument: A,
    separator: &str,
) -> Of<A, <A::Type as SqlType>::Like<String>, Aggregate> {
    let separator = Literal::into_node(separator);
    A::Level::make(Aggregated::new("group_concat", vec![argument.into_node(), separator]))
}

/// `group_concat(DISTINCT x)`: the different texts of a group with commas between; SQLite has no other
/// separator for them.
pub fn group_concat_distinct<A: Argument<Type: Textual>>(
    argument: A,
) -> Of<A, <A::Type as SqlType>::Like<String>, Aggregate> {
    let mut aggregate = Aggregated::new("group_concat", vec![argument.into_node()]);
    aggregate.distinct = true;
    A::Level::make(aggregate)
}

impl<T: SqlType> Expr<T, Aggregate> {
    /// `FILTER`: over the rows of the group for which the condition is true, of which there may be none.
    pub fn filter<C: Condition, L>(mut self, condition: Each<C, L>) -> Expr<T::Opt, Aggregate> {
        and(&mut self.parts.filter, condition);
        Expr::from_parts(self.parts)
    }

    /// The order in which the rows of the group are taken, where that matters: in `group_concat`.
    pub fn order_by<O: Orders, L>(mut self, order: Each<O, L>) -> Self {
        order.into_inner().order_into(&mut self.parts.order);
        self
    }
}

impl<T: SqlType> Expr<T, Counted> {
    /// `FILTER`: over the rows of the group for which the condition is true.
    pub fn filter<C: Condition, L>(mut self, condition: Each<C, L>) -> Self {
        and(&mut self.parts.filter, condition);
        self
    }
}

fn and<C: Condition, L>(filter: &mut Option<Node>, condition: Each<C, L>) {
    let condition = condition.into_inner().into_condition().node();
    *filter = Some(match filter.take() {
        Some(before) => super::infix(before, " AND ", condition),
        None => condition,
    });
}
