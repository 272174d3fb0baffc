use std::sync::Arc;

use crate::{
    expr::{Alias, By, Node, Order, sequence, sql},
    model::ColumnRole,
    record::Shape,
};

/// A SELECT as data.
#[derive(Debug)]
pub struct SelectTree {
    pub(crate) id: u32,
    pub(crate) distinct: bool,
    /// Whether soft-deleted rows are among the rows.
    pub(crate) with_deleted: bool,
    /// Why it cannot be written.
    pub(crate) problem: Option<String>,
    pub(crate) select: Vec<Node>,
    pub(crate) from: Vec<From>,
    pub(crate) filters: Vec<Node>,
    pub(crate) group: Vec<Node>,
    pub(crate) having: Vec<Node>,
    /// Whether all rows are one group.
    pub(crate) aggregate: bool,
    /// The parts of a compound query, which has neither columns nor tables of its own.
    pub(crate) others: Vec<(SetOperation, SelectTree)>,
    pub(crate) order: Vec<Order>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
}

/// A table in FROM.
#[derive(Clone, Debug)]
pub(crate) struct From {
    pub(crate) join: Join,
    pub(crate) shape: Shape,
    pub(crate) alias: Alias,
    pub(crate) on: Option<Node>,
    pub(crate) source: Source,
}

impl From {
    /// What its rows come from.
    pub(super) fn origin(&self) -> &str {
        match (&self.source, self.shape) {
            (Source::Own, Shape::Table(table)) => &table.name,
            (Source::Own, Shape::View(view)) => &view.name,
            (Source::Own, Shape::Row(_)) => "",
            (Source::Common(common), _) => &common.name,
            (Source::Derived(_), _) => "derived",
            (Source::Function(function, _), _) => function,
        }
    }
}

/// Where the rows of a table in FROM come from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// The table or view itself.
    Own,
    /// A common table expression.
    Common(Common),
    /// A query in parentheses, which may use the columns of the queries around the one that it stands in.
    Derived(Box<SelectTree>),
    /// A function that gives a table.
    Function(&'static str, Node),
}

/// A common table expression, known by its number.
#[derive(Clone, Debug)]
pub(crate) struct Common {
    pub(crate) id: u32,
    pub(crate) name: String,
    /// None where it is named inside itself.
    pub(crate) tree: Option<Arc<SelectTree>>,
}

/// How a table enters FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    First,
    Inner,
    Cross,
    Left,
}

/// How the rows of two queries become one result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetOperation {
    First,
    Union,
    UnionAll,
    Intersect,
    Except,
}

impl SelectTree {
    pub(crate) fn new(shape: Shape) -> Self {
        Self::over(shape, Source::Own)
    }

    pub(crate) fn over(shape: Shape, source: Source) -> Self {
        let alias = Alias::fresh();
        let from = vec![From { join: Join::First, shape, alias, on: None, source }];
        Self { id: alias.query, from, ..Self::empty() }
    }

    fn empty() -> Self {
        Self {
            id: 0,
            distinct: false,
            with_deleted: false,
            problem: None,
            select: Vec::new(),
            from: Vec::new(),
            filters: Vec::new(),
            group: Vec::new(),
            having: Vec::new(),
            aggregate: false,
            others: Vec::new(),
            order: Vec::new(),
            limit: None,
            offset: 0,
        }
    }

    pub(crate) fn alias(&self, at: u8) -> Alias {
        Alias { query: self.id, at }
    }

    /// The condition that keeps the rows of a table that are not soft-deleted.
    pub(crate) fn live(&self, item: &From) -> Option<Node> {
        let (Shape::Table(table), Source::Own) = (item.shape, &item.source) else { return None };
        let mark = table.columns.iter().position(|column| column.role == ColumnRole::SoftDelete)?;
        let mark = Node::Column(item.alias, u16::try_from(mark).ok()?);
        (!self.with_deleted).then(|| sequence([mark, sql(" IS NULL")]))
    }

    /// Makes groups of the rows: their own order is of no matter then, and what stands before has to be
    /// about rows.
    pub(crate) fn begin_groups(&mut self, what: &str) {
        self.order.clear();
        let before = match (self.limit.is_some() || self.offset > 0, self.distinct) {
            (true, _) => "limit",
            (_, true) => "distinct",
            _ => return,
        };
        self.problem.get_or_insert_with(|| {
            format!("`{before}` stands before `{what}`: it would be about the groups; put it behind `select`")
        });
    }

    /// Whether it is one SELECT whose rows are those of its tables: no groups, no other query.
    pub(crate) fn is_one_select(&self) -> bool {
        self.group.is_empty() && self.having.is_empty() && !self.is_compound() && !self.aggregate
    }

    /// The rows of this query, and those of another joined to them. Parts stand in the order in which
    /// they are combined: SQL has no precedence between these operations.
    pub(crate) fn combine(self, operation: SetOperation, other: Self) -> Self {
        let is_open = self.is_compound() && self.order.is_empty() && self.limit.is_none() && self.offset == 0;
        let mut compound = if is_open {
            self
        } else {
            let alias = Alias::fresh();
            Self { id: alias.query, others: vec![(SetOperation::First, self)], ..Self::empty() }
        };
        compound.others.push((operation, other));
        compound
    }

    /// Number of columns of the result.
    pub(crate) fn width(&self) -> usize {
        self.others.first().map_or(self.select.len(), |(_, first)| first.width())
    }

    pub(crate) fn is_compound(&self) -> bool {
        !self.others.is_empty()
    }

    pub(crate) fn renumber(&mut self, from: u32, to: u32) {
        let joins = self.from.iter_mut().filter_map(|item| item.on.as_mut());
        let parts = [&mut self.select, &mut self.filters, &mut self.group, &mut self.having];
        parts.into_iter().flatten().chain(joins).for_each(|node| node.renumber(from, to));
        self.order.iter_mut().for_each(|order| order.renumber(from, to));
        self.others.iter_mut().for_each(|(_, other)| other.renumber(from, to));
        for item in &mut self.from {
            match &mut item.source {
                Source::Function(_, argument) => argument.renumber(from, to),
                Source::Derived(tree) => tree.renumber(from, to),
                // A common table expression sees no column of another query.
                Source::Own | Source::Common(_) => {}
            }
            if item.alias.query == from {
                item.alias.query = to;
            }
        }
        if self.id == from {
            self.id = to;
        }
    }
}

impl SelectTree {
    /// A copy that keeps its number: one that is never nested in the other.
    pub(crate) fn same(&self) -> Self {
        let id = self.id;
        let mut copy = self.clone();
        copy.renumber(copy.id, id);
        copy
    }

    /// Makes it a description of these columns of one table.
    pub(crate) fn place(&mut self, alias: Alias, select: &[Node]) {
        if let Some(first) = self.from.first_mut() {
            first.alias = alias;
        }
        self.select = select.to_vec();
    }
}

/// A copy is another query: it gets a number of its own, or a copy nested in itself would take its
/// outer columns for its own.
impl Clone for SelectTree {
    fn clone(&self) -> Self {
        let mut copy = Self {
            id: self.id,
            distinct: self.distinct,
            with_deleted: self.with_deleted,
            problem: self.problem.clone(),
            select: self.select.clone(),
            from: self.from.clone(),
            filters: self.filters.clone(),
            group: self.group.clone(),
            having: self.having.clone(),
            aggregate: self.aggregate,
            others: self.others.clone(),
            order: self.order.clone(),
            limit: self.limit,
            offset: self.offset,
        };
        copy.renumber(self.id, Alias::fresh().query);
        copy
    }
}

impl SelectTree {
    /// The tables and views of the database that it reads, those of its subqueries too.
    pub(crate) fn stored_tables(&self) -> Vec<&'static str> {
        let mut tables = Vec::new();
        self.add_stored(&mut tables);
        tables
    }

    fn add_stored(&self, tables: &mut Vec<&'static str>) {
        self.others.iter().for_each(|(_, other)| other.add_stored(tables));
        for item in &self.from {
            match (&item.source, item.shape) {
                (Source::Own, Shape::Table(table)) => tables.push(&table.name),
                (Source::Own, Shape::View(view)) => tables.push(&view.name),
                (Source::Own, Shape::Row(_)) => {}
                (Source::Common(common), _) => {
                    common.tree.iter().for_each(|tree| tree.add_stored(tables));
                }
                (Source::Derived(derived), _) => derived.add_stored(tables),
                (Source::Function(_, argument), _) => argument.add_stored(tables),
            }
            item.on.iter().for_each(|on| on.add_stored(tables));
        }
        let parts = [&self.select, &self.filters, &self.group, &self.having];
        parts.into_iter().flatten().for_each(|node| node.add_stored(tables));
        for order in &self.order {
            if let By::Node(node) = order.what() {
                node.add_stored(tables);
            }
        }
    }
}

impl Node {
    fn add_stored(&self, tables: &mut Vec<&'static str>) {
        match self {
            Self::Sequence(nodes) | Self::OverRows(_, nodes) => {
                nodes.iter().for_each(|node| node.add_stored(tables));
            }
            Self::Query(tree) => tree.add_stored(tables),
            Self::Column(..)
            | Self::RowId(_)
            | Self::Matches(..)
            | Self::Found(..)
            | Self::Value(_)
            | Self::Invalid(_)
            | Self::Sql(_) => {}
        }
    }
}
