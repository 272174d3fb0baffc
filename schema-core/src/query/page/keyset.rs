//! How the rows of a query are told apart, ordered and picked behind a cursor.

use super::super::{
    SelectTree, Writer,
    tree::{From, Join, SetOperation, Source},
    writer::Statement,
};
use crate::{
    error::{Error, Result},
    expr::{By, Node, Nulls, Order, infix, sequence, sql},
    record::Shape,
    value::Value,
};

/// How the rows of a query are told apart and ordered: the query as a common table, whose rows are
/// picked and ordered by its own columns. SQLite flattens it where it can, and uses the same indexes.
pub(super) struct Keyset {
    pub(super) inner: SelectTree,
    /// The terms of the order, which no two rows share.
    pub(super) keys: Vec<Key>,
    /// The order as text, by which a cursor knows it again.
    pub(super) text: String,
    /// The values that the page begins behind.
    pub(super) from: Option<Vec<Value>>,
}

pub(super) struct Key {
    order: Order,
    at: At,
}

#[derive(Clone, Copy)]
enum At {
    /// A column of the result.
    Result(usize),
    /// A column that is read beside the result.
    Beside(usize),
}

impl Key {
    pub(super) fn position(&self, width: usize) -> usize {
        match self.at {
            At::Result(position) => position,
            At::Beside(position) => width + position,
        }
    }
}

impl Keyset {
    pub(super) fn new(tree: &SelectTree) -> Result<Self> {
        if tree.offset > 0 {
            return Err(Error::misuse(
                "a page begins behind a cursor: `offset` is for `all` and `all_and_total`",
            ));
        }
        if tree.aggregate {
            return Err(Error::misuse("`aggregate` gives one row: there are no pages of it"));
        }
        if tree.others.iter().any(|(operation, _)| *operation == SetOperation::UnionAll) {
            return Err(Error::misuse(
                "the rows of `union_all` cannot be told apart, so it has no pages: `union` has, or \
                 `all_and_total` with `limit` and `offset`",
            ));
        }
        let is_told_by_result = tree.distinct || tree.is_compound();
        let mut plan = Self { inner: tree.same(), keys: Vec::new(), text: String::new(), from: None };
        plan.inner.limit = None;
        for order in std::mem::take(&mut plan.inner.order) {
            match order.what().clone() {
                By::Result(position) if position < tree.width() => {
                    plan.keys.push(Key { order, at: At::Result(position) });
                }
                By::Result(position) => {
                    return Err(Error::misuse(format!(
                        "the result has no column {position}, counted from 0"
                    )));
                }
                By::Node(_) if is_told_by_result => {
                    return Err(Error::misuse(
                        "pages of distinct rows are ordered by columns of the result: `.order_by_result(0)`",
                    ));
                }
                By::Node(Node::Found(..)) => {
                    return Err(Error::misuse(
                        "rows in the order of a search's `rank` have no pages: it changes with every row that is \
                         written; use `all_and_total` with `limit` and `offset`",
                    ));
                }
                By::Node(node) => plan.beside(order, node),
            }
        }
        if is_told_by_result {
            for position in 0..tree.width() {
                if !plan.keys.iter().any(|key| matches!(key.at, At::Result(at) if at == position)) {
                    let order = Order::by(By::Result(position), true);
                    plan.keys.push(Key { order, at: At::Result(position) });
                }
            }
        } else if tree.group.is_empty() {
            for item in &tree.from {
                plan.tell_apart(item)?;
            }
        } else {
            for node in &tree.group {
                plan.beside(Order::by(By::Node(node.clone()), true), node.clone());
            }
        }
        plan.text = plan.describe()?;
        Ok(plan)
    }

    fn beside(&mut self, order: Order, node: Node) {
        let at = self.keys.iter().filter(|key| matches!(key.at, At::Beside(_))).count();
        self.inner.select.push(node);
        self.keys.push(Key { order, at: At::Beside(at) });
    }

    /// Adds the primary key of a table, unless rows are ordered by it already.
    fn tell_apart(&mut self, item: &From) -> Result<()> {
        let nullable = item.join == Join::Left;
        let (Shape::Table(table), Source::Own) = (item.shape, &item.source) else {
            return Err(Error::misuse(
                "the rows of a view or of another query cannot be told apart, so there are no pages of them: \
                 join the table, or use `all_and_total` with `limit` and `offset`",
            ));
        };
        let place = |name: &str| table.columns.iter().position(|column| column.name == name);
        let key: Vec<Node> = match &table.primary_key {
            Some(key) => key
                .columns
                .iter()
                .filter_map(|column| u16::try_from(place(&column.name)?).ok())
                .map(|index| Node::Column(item.alias, index))
                .collect(),
            None => vec![Node::RowId(item.alias)],
        };
        for node in key {
            let is_there = |order: &Order| match (order.what(), &node) {
                (By::Node(Node::Column(alias, at)), Node::Column(wanted, index)) => {
                    alias == wanted && at == index
                }
                _ => false,
            };
            if !self.keys.iter().any(|key| is_there(&key.order)) {
                self.beside(Order::by(By::Node(node.clone()), nullable), node);
            }
        }
        Ok(())
    }

    /// The order in words that stay the same from run to run.
    fn describe(&self) -> Result<String> {
        let mut writer = Writer::default();
        writer.name_tables(&self.inner);
        for item in &self.inner.from {
            writer.text(match item.shape {
                Shape::Table(table) => &table.name,
                Shape::View(view) => &view.name,
                Shape::Row(_) => "query",
            });
            writer.text(";");
        }
        writer.order(&self.keys.iter().map(|key| key.order.clone()).collect::<Vec<_>>());
        writer.finish().map(|statement| statement.sql)
    }

    pub(super) fn statement(&self, width: usize, limit: u64, is_backwards: bool) -> Result<Statement> {
        let mut inner = Writer::default();
        inner.select(&self.inner);
        let inner = inner.finish()?;
        let columns = width + self.keys.iter().filter(|key| matches!(key.at, At::Beside(_))).count();
        let names: Vec<String> = (0..columns).map(|at| format!("c{at}")).collect();
        let order: Vec<Order> = self
            .keys
            .iter()
            .map(|key| {
                let order = key.order.of(Node::Sql(format!("c{}", key.position(width)).into()));
                if is_backwards { order.reversed() } else { order }
            })
            .collect();
        let mut writer = Writer::default();
        writer.text(" SELECT * FROM page");
        if let Some(values) = &self.from {
            writer.text(" WHERE ");
            writer.node(&behind(&order, values));
        }
        writer.order(&order);
        writer.text(" LIMIT +");
        writer.value(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
        let outer = writer.finish()?;
        let sql = format!("WITH page({}) AS ({}){}", names.join(", "), inner.sql, outer.sql);
        let mut values = inner.values;
        values.extend(outer.values);
        Ok(Statement { sql, values, search: inner.search })
    }
}

/// Whether a row stands behind these values in the order.
fn behind(order: &[Order], values: &[Value]) -> Node {
    let terms: Vec<(&Order, Node, &Value)> = order
        .iter()
        .zip(values)
        .filter_map(|(order, value)| match order.what() {
            By::Node(node) => Some((order, node.clone(), value)),
            By::Result(_) => None,
        })
        .collect();
    let descending = terms.first().is_some_and(|(order, ..)| order.is_descending());
    let is_plain = terms.iter().all(|(order, _, value)| {
        order.is_descending() == descending && order.nulls().is_none() && **value != Value::Null
    });
    if is_plain {
        // One comparison of all: SQLite begins at the row in an index.
        // <https://sqlite.org/rowvalue.html#scrolling_window_queries>
        return infix(
            listed(terms.iter().map(|(_, node, _)| node.clone())),
            if descending { " < " } else { " > " },
            listed(terms.iter().map(|(.., value)| Node::Value((*value).clone()))),
        );
    }
    let mut condition: Option<Node> = None;
    for (order, node, value) in terms.iter().rev() {
        let beyond = beyond(order, node, value);
        condition = Some(match condition {
            None => beyond,
            Some(rest) => {
                let same = infix(node.clone(), " IS ", Node::Value((*value).clone()));
                infix(beyond, " OR ", infix(same, " AND ", rest))
            }
        });
    }
    let condition = condition.unwrap_or_else(|| sql("1"));
    // Said apart, so that an index on the first term can begin there.
    match terms.first() {
        Some((order, node, value)) if order.nulls().is_none() && **value != Value::Null => {
            let operator = if order.is_descending() { " <= " } else { " >= " };
            infix(infix(node.clone(), operator, Node::Value((*value).clone())), " AND ", condition)
        }
        _ => condition,
    }
}

/// Whether one term alone says that a row stands behind.
fn beyond(order: &Order, node: &Node, value: &Value) -> Node {
    match (value, order.nulls()) {
        (Value::Null, Some(Nulls::First)) => sequence([node.clone(), sql(" IS NOT NULL")]),
        (Value::Null, _) => sql("0"),
        (_, nulls) => {
            let operator = if order.is_descending() { " < " } else { " > " };
            let after = infix(node.clone(), operator, Node::Value(value.clone()));
            match nulls {
                Some(Nulls::Last) => infix(after, " OR ", sequence([node.clone(), sql(" IS NULL")])),
                _ => after,
            }
        }
    }
}

fn listed(nodes: impl Iterator<Item = Node>) -> Node {
    let mut list = vec![sql("(")];
    for (position, node) in nodes.enumerate() {
        list.extend([sql(if position == 0 { "" } else { ", " }), node]);
    }
    list.push(sql(")"));
    Node::Sequence(list)
}
