use std::{fmt, marker::PhantomData};

use super::{Plan, SelectTree, Within, Writer, fetch_all, fetch_first, page::whole, writer::Statement};
use crate::{
    database::Runs,
    error::{Error, Kind, Result},
    expr::{By, Node, Order, sql},
    value::{Cell, CellError, Row, Value},
};

/// A query whose result has been chosen: each row gives an `O`. `Z` lists its tables, and `T` has the
/// SQL types of its columns, which a query around it needs.
pub struct Select<O, Z, T = O> {
    pub(super) tree: SelectTree,
    pub(super) read: fn(Row<'_>, usize) -> Result<O, CellError>,
    types: PhantomData<fn() -> (Z, T)>,
}

impl<O, Z, T> Clone for Select<O, Z, T> {
    fn clone(&self) -> Self {
        Self { tree: self.tree.clone(), read: self.read, types: PhantomData }
    }
}

impl<O, Z, T> fmt::Debug for Select<O, Z, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Select").field(&self.tree).finish()
    }
}

impl<O, Z, T> Select<O, Z, T> {
    pub(crate) fn new(tree: SelectTree, read: fn(Row<'_>, usize) -> Result<O, CellError>) -> Self {
        Self { tree, read, types: PhantomData }
    }

    pub(super) fn statement(&self) -> Result<Statement> {
        let mut writer = Writer::default();
        writer.select(&self.tree);
        writer.finish()
    }

    pub(crate) fn write_into(&self, writer: &mut Writer) {
        writer.select(&self.tree);
    }

    /// The values among what it selects, each with its position: of the parts of a UNION, too.
    pub(crate) fn constants(&self) -> Vec<(usize, &Value)> {
        let parts = std::iter::once(&self.tree).chain(self.tree.others.iter().map(|(_, other)| other));
        let nodes = parts.flat_map(|tree| tree.select.iter().enumerate());
        nodes
            .filter_map(|(at, node)| match node {
                Node::Value(value) => Some((at, value)),
                _ => None,
            })
            .collect()
    }

    /// At most this many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.tree.limit = Some(rows);
        self
    }

    /// Leaves out this many rows.
    pub fn offset(mut self, rows: u64) -> Self {
        self.tree.offset = rows;
        self
    }

    /// Adds a term to the order: the column at this position of the result, from 0, smallest first.
    /// After `union` and its like this is how rows are ordered.
    pub fn order_by_result(mut self, position: usize) -> Self {
        self.tree.order.push(Order::by(By::Result(position), true));
        self
    }

    /// Adds a term to the order: the column at this position of the result, from 0, largest first.
    pub fn order_by_result_desc(mut self, position: usize) -> Self {
        self.tree.order.push(Order::by(By::Result(position), true).reversed());
        self
    }

    /// Equal rows once.
    pub fn distinct(mut self) -> Self {
        self.tree.distinct = true;
        self
    }

    /// Every row.
    pub fn all<H: Runs>(&self, handle: &H) -> Result<Vec<O>>
    where
        Z: Within<H::Schema>,
    {
        fetch_all(handle.session(), &self.statement()?, &self.tree, self.read)
    }

    /// The only row.
    ///
    /// # Errors
    /// `is_not_found` where there is none, `is_too_many_rows` where there are several.
    pub fn one<H: Runs>(&self, handle: &H) -> Result<O>
    where
        Z: Within<H::Schema>,
    {
        self.optional(handle)?
            .ok_or_else(|| Error::new(Kind::NotFound, "the query gives no row, where one was asked for"))
    }

    /// The only row, or `None`.
    ///
    /// # Errors
    /// `is_too_many_rows` where there are several.
    pub fn optional<H: Runs>(&self, handle: &H) -> Result<Option<O>>
    where
        Z: Within<H::Schema>,
    {
        let mut two = self.clone();
        two.tree.limit = Some(self.tree.limit.map_or(2, |limit| limit.min(2)));
        let mut rows = two.all(handle)?;
        if rows.len() > 1 {
            return Err(Error::new(
                Kind::TooManyRows,
                "the query gives several rows, where one was asked for: `first` takes the first, `all` every one",
            ));
        }
        Ok(rows.pop())
    }

    /// The first row of the order, or `None`.
    pub fn first<H: Runs>(&self, handle: &H) -> Result<Option<O>>
    where
        Z: Within<H::Schema>,
    {
        let mut first = self.clone();
        first.tree.limit = Some(self.tree.limit.map_or(1, |limit| limit.min(1)));
        Ok(first.all(handle)?.pop())
    }

    /// Number of rows, within `limit` and `offset`.
    pub fn count<H: Runs>(&self, handle: &H) -> Result<u64>
    where
        Z: Within<H::Schema>,
    {
        let counted = fetch_first(handle.session(), &self.counting(false)?, |row| whole(row.cell(0)))?;
        Ok(counted.unwrap_or(0))
    }

    /// The statement that counts the rows, within `limit` and `offset` or all of them.
    pub(super) fn counting(&self, all: bool) -> Result<Statement> {
        let mut tree = self.tree.clone();
        tree.order.clear();
        if all {
            (tree.limit, tree.offset) = (None, 0);
        }
        let plain = tree.is_one_select() && !tree.distinct && tree.limit.is_none() && tree.offset == 0;
        if plain {
            tree.select = vec![sql("count(*)")];
        }
        let mut writer = Writer::default();
        if !plain {
            writer.text("SELECT count(*) FROM (");
        }
        writer.select(&tree);
        if !plain {
            writer.text(")");
        }
        writer.finish()
    }

    /// Whether there is a row.
    pub fn exists<H: Runs>(&self, handle: &H) -> Result<bool>
    where
        Z: Within<H::Schema>,
    {
        let mut tree = self.tree.clone();
        tree.order.clear();
        let mut writer = Writer::default();
        // In EXISTS, SQLite leaves out DISTINCT and counts the OFFSET in rows that are equal.
        let is_apart = tree.distinct && tree.offset > 0;
        writer.text(if is_apart { "SELECT EXISTS (SELECT 1 FROM (" } else { "SELECT EXISTS (" });
        writer.select(&tree);
        writer.text(if is_apart { "))" } else { ")" });
        let found = fetch_first(handle.session(), &writer.finish()?, |row| row.cell(0) == Cell::Integer(1))?;
        Ok(found.unwrap_or(false))
    }

    /// How SQLite finds the rows on this database, in words. Nothing is run.
    ///
    /// # Errors
    /// The query cannot be written, or the database lacks one of its tables or columns.
    pub fn explain<H: Runs>(&self, handle: &H) -> Result<Plan>
    where
        Z: Within<H::Schema>,
    {
        let mut writer = Writer::naming();
        writer.select(&self.tree);
        let (statement, origins) = writer.finish_named()?;
        Plan::of(handle.session(), &statement, &origins)
    }

    /// The statement's text, with `?` for each value. Where a value cannot be written, what is wrong
    /// with it, as a comment.
    pub fn to_sql(&self) -> String {
        match self.statement() {
            Ok(statement) => statement.sql,
            Err(error) => format!("-- {error}"),
        }
    }
}
