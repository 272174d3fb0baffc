//! Pages by the values that rows are ordered by, which stay right while rows come and go.

use std::{fmt, marker::PhantomData};

use super::{
    Cursor, Query, Scope, Select, SelectTree, Within, Writer, fetch_all,
    run::rows,
    tree::{From, Join, SetOperation, Source},
    writer::Statement,
};
use crate::{
    database::Handle,
    error::{Error, Result},
    expr::{By, Node, Nulls, Order, infix, sequence, sql},
    record::Shape,
    value::{Cell, Row, SqlType, Value},
};

/// A part of a query's rows, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<O> {
    /// The rows.
    pub rows: Vec<O>,
    /// What [`after`](Query::after) takes for the page behind this one; `None` on the last.
    pub next: Option<Cursor>,
    /// What [`before`](Query::before) takes for the page in front of this one; `None` on the first.
    pub previous: Option<Cursor>,
}

/// A query that is read page by page: made by `after` and `before`.
pub struct Paged<O, Z, T = O> {
    select: Select<O, Z, T>,
    from: Option<Cursor>,
    is_backwards: bool,
    types: PhantomData<fn() -> Z>,
}

impl<O, Z, T> Clone for Paged<O, Z, T> {
    fn clone(&self) -> Self {
        let Self { select, from, is_backwards, types } = self;
        Self { select: select.clone(), from: from.clone(), is_backwards: *is_backwards, types: *types }
    }
}

impl<O, Z, T> fmt::Debug for Paged<O, Z, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paged")
            .field("select", &self.select)
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

impl<S: Scope> Query<S> {
    /// Goes on behind a page: with its `next`. `None` is the first page.
    ///
    /// The rows keep the query's order, made total by the primary keys of its tables. Filters may have
    /// changed since; the order may not.
    pub fn after(self, cursor: impl Into<Option<Cursor>>) -> Paged<S::Out, S::Tables> {
        self.select_all().after(cursor)
    }

    /// Goes back in front of a page: with its `previous`. `None` is the last page.
    pub fn before(self, cursor: impl Into<Option<Cursor>>) -> Paged<S::Out, S::Tables> {
        self.select_all().before(cursor)
    }

    /// The first page: as many rows as `limit` says, and cursors for the pages around it.
    ///
    /// # Errors
    /// As [`Paged::page`].
    pub fn page<H: Handle>(self, handle: &H) -> Result<Page<S::Out>>
    where
        S::Tables: Within<H::Schema>,
    {
        self.select_all().page(handle)
    }

    /// The rows within `limit` and `offset`, and how many the same filters give without them; both of
    /// one state of the database.
    pub fn all_and_total<H: Handle>(self, handle: &H) -> Result<(Vec<S::Out>, u64)>
    where
        S::Tables: Within<H::Schema>,
    {
        self.select_all().all_and_total(handle)
    }
}

impl<O, Z, T> Select<O, Z, T> {
    /// Goes on behind a page: with its `next`. `None` is the first page.
    pub fn after(self, cursor: impl Into<Option<Cursor>>) -> Paged<O, Z, T> {
        Paged { select: self, from: cursor.into(), is_backwards: false, types: PhantomData }
    }

    /// Goes back in front of a page: with its `previous`. `None` is the last page.
    pub fn before(self, cursor: impl Into<Option<Cursor>>) -> Paged<O, Z, T> {
        Paged { select: self, from: cursor.into(), is_backwards: true, types: PhantomData }
    }

    /// The first page: as many rows as `limit` says, and cursors for the pages around it.
    ///
    /// # Errors
    /// As [`Paged::page`].
    pub fn page<H: Handle>(self, handle: &H) -> Result<Page<O>>
    where
        Z: Within<H::Schema>,
    {
        self.after(None).page(handle)
    }

    /// The rows within `limit` and `offset`, and how many the same filters give without them; both of
    /// one state of the database.
    pub fn all_and_total<H: Handle>(&self, handle: &H) -> Result<(Vec<O>, u64)>
    where
        Z: Within<H::Schema>,
    {
        let (statement, counting) = (self.statement()?, self.counting(true)?);
        handle.session().read_together(|connection| {
            let all = rows(connection, &statement, &self.tree, self.read)?;
            let total = rows(connection, &counting, &self.tree, |row, at| Ok(whole(row.cell(at))))?;
            Ok((all, total.first().copied().unwrap_or(0)))
        })
    }
}

pub(super) fn whole(cell: Cell<'_>) -> u64 {
    match cell {
        Cell::Integer(rows) => u64::try_from(rows).unwrap_or(0),
        _ => 0,
    }
}

impl<O, Z, T> Paged<O, Z, T> {
    /// At most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.select = self.select.limit(rows);
        self
    }

    /// The statement's text, with `?` for each value. Where it cannot be written, what is wrong with it,
    /// as a comment.
    pub fn to_sql(&self) -> String {
        let tree = &self.select.tree;
        let statement = Plan::new(tree).and_then(|mut plan| {
            if let Some(cursor) = &self.from {
                plan.from = Some(cursor.values(&plan.text, plan.keys.len(), None)?);
            }
            plan.statement(tree.width(), tree.limit.unwrap_or(0).saturating_add(1), self.is_backwards)
        });
        match statement {
            Ok(statement) => statement.sql,
            Err(error) => format!("-- {error}"),
        }
    }

    /// The page.
    ///
    /// # Errors
    /// `is_value`: the cursor was made in another order, was changed, or is not signed by the handle's key.
    /// `is_misuse`: there is no `limit`, an `offset`, or no way to tell the query's rows apart.
    pub fn page<H: Handle>(&self, handle: &H) -> Result<Page<O>>
    where
        Z: Within<H::Schema>,
    {
        let tree = &self.select.tree;
        let limit = tree.limit.ok_or_else(|| Error::misuse("a page needs to know its size: `.limit(50)`"))?;
        let mut plan = Plan::new(tree)?;
        let key = handle.session().context().cursor_key.as_ref();
        if let Some(cursor) = &self.from {
            plan.from = Some(cursor.values(&plan.text, plan.keys.len(), key)?);
        }
        let width = tree.width();
        let positions: Vec<usize> = plan.keys.iter().map(|key| key.position(width)).collect();
        let statement = plan.statement(width, limit.saturating_add(1), self.is_backwards)?;
        let mut found = fetch_all(handle.session(), &statement, &plan.inner, |row: Row<'_>, at| {
            let values: Vec<Value> =
                positions.iter().map(|position| Value::read(row, *position)).collect::<Result<_, _>>()?;
            Ok(((self.select.read)(row, at)?, values))
        })?;
        let is_more = found.len() as u64 > limit;
        if is_more {
            found.pop();
        }
        let cursor = |row: Option<&(O, Vec<Value>)>, is_there: bool| {
            row.filter(|_| is_there).map(|(_, values)| Cursor::new(&plan.text, values, key)).transpose()
        };
        if self.is_backwards {
            found.reverse();
        }
        // What a page was read from lies on its other side.
        let came_from = self.from.is_some();
        let (is_behind, is_before) =
            if self.is_backwards { (came_from, is_more) } else { (is_more, came_from) };
        let (next, previous) = (cursor(found.last(), is_behind)?, cursor(found.first(), is_before)?);
        Ok(Page { rows: found.into_iter().map(|(row, _)| row).collect(), next, previous })
    }
}

/// How the rows of a query are told apart and ordered: the query as a common table, whose rows are
/// picked and ordered by its own columns. SQLite flattens it where it can, and uses the same indexes.
struct Plan {
    inner: SelectTree,
    /// The terms of the order, which no two rows share.
    keys: Vec<Key>,
    /// The order as text, by which a cursor knows it again.
    text: String,
    /// The values that the page begins behind.
    from: Option<Vec<Value>>,
}

struct Key {
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
    fn position(&self, width: usize) -> usize {
        match self.at {
            At::Result(position) => position,
            At::Beside(position) => width + position,
        }
    }
}

impl Plan {
    fn new(tree: &SelectTree) -> Result<Self> {
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

    fn statement(&self, width: usize, limit: u64, is_backwards: bool) -> Result<Statement> {
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
