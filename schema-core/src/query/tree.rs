use crate::{
    expr::{Alias, Node, sequence, sql},
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
    pub(crate) select: Vec<Node>,
    pub(crate) from: Vec<From>,
    pub(crate) filters: Vec<Node>,
    pub(crate) order: Vec<Node>,
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
}

/// How a table enters FROM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    First,
    Inner,
    Left,
}

impl SelectTree {
    pub(crate) fn new(shape: Shape) -> Self {
        let alias = Alias::fresh();
        Self {
            id: alias.query,
            distinct: false,
            with_deleted: false,
            select: Vec::new(),
            from: vec![From { join: Join::First, shape, alias, on: None }],
            filters: Vec::new(),
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
        let Shape::Table(table) = item.shape else { return None };
        let mark = table.columns.iter().position(|column| column.role == ColumnRole::SoftDelete)?;
        let mark = Node::Column(item.alias, u16::try_from(mark).ok()?);
        (!self.with_deleted).then(|| sequence([mark, sql(" IS NULL")]))
    }

    pub(crate) fn renumber(&mut self, from: u32, to: u32) {
        let joins = self.from.iter_mut().filter_map(|item| item.on.as_mut());
        self.select.iter_mut().chain(&mut self.filters).chain(&mut self.order).chain(joins).for_each(
            |node| {
                node.renumber(from, to);
            },
        );
        for item in &mut self.from {
            if item.alias.query == from {
                item.alias.query = to;
            }
        }
        if self.id == from {
            self.id = to;
        }
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
            select: self.select.clone(),
            from: self.from.clone(),
            filters: self.filters.clone(),
            order: self.order.clone(),
            limit: self.limit,
            offset: self.offset,
        };
        copy.renumber(self.id, Alias::fresh().query);
        copy
    }
}
