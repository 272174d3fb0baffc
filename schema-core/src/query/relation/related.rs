use std::{fmt, marker::PhantomData};

use super::{
    cardinality::{Cardinality, Many},
    load::{Loads, Nested},
};
use crate::{
    dialect::quote_identifier,
    expr::{Alias, Condition, Expr, Node, OptionalCondition, Orders, Required, sequence, sql},
    model::TableDef,
    query::{
        Query, Select, Selection,
        tree::{From, Join, Source},
    },
    record::{Record, Shape, Table},
    value::SqlType,
};

/// The rows of `T` that belong to a row of a query: `a.books()`, `b.author()`.
///
/// In a closure of a query it is a condition or a value: [`exists`](Self::exists), [`count`](Self::count),
/// [`value`](Self::value). In [`with`](Query::with) its rows are loaded beside the query's.
pub struct Related<T, C, W = ()> {
    pub(super) query: Query<T>,
    pub(super) link: Link,
    pub(super) with: W,
    cardinality: PhantomData<fn() -> C>,
}

/// The columns that tie two tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    /// The column of the row that others belong to.
    pub(super) outer: (Alias, u16),
    /// The table among those of the relation's query, and its column, that name that row.
    pub(super) inner: (u8, u16),
    /// Whether the relation's own row is the one that is referenced.
    inner_is_parent: bool,
    /// The collation of the referenced column, which decides what it is equal to.
    /// <https://sqlite.org/foreignkeys.html#fk_basics>
    pub(super) collation: Option<&'static str>,
    /// Why there is none.
    pub(super) problem: Option<&'static str>,
}

impl<T, C, W: Clone> Clone for Related<T, C, W> {
    fn clone(&self) -> Self {
        let Self { query, link, with, cardinality } = self;
        Self { query: query.clone(), link: *link, with: with.clone(), cardinality: *cardinality }
    }
}

impl<T, C, W> fmt::Debug for Related<T, C, W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Related")
            .field("query", &self.query)
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

/// The column of the parent that a child's column references.
fn referenced(parent: &TableDef, child: &TableDef, column: u16) -> Option<u16> {
    let name = &child.columns.get(usize::from(column))?.name;
    let key = child.foreign_keys.iter().find(|key| matches!(&key.columns[..], [only] if only == name))?;
    let wanted = match &key.references[..] {
        [only] => only,
        _ => match &parent.primary_key.as_ref()?.columns[..] {
            [only] => &only.name,
            _ => return None,
        },
    };
    u16::try_from(parent.columns.iter().position(|column| column.name == *wanted)?).ok()
}

const NO_KEY: &str = "the relation has no foreign key of one column";

impl<T, C: Cardinality> Related<T, C> {
    fn linked(
        query: Query<T>,
        parent: &'static TableDef,
        outer: Alias,
        columns: Option<(u16, (u8, u16))>,
        inner_is_parent: bool,
    ) -> Self {
        let (outer_column, inner) = columns.unwrap_or_default();
        let problem = if columns.is_none() { Some(NO_KEY) } else { None };
        let referenced = if inner_is_parent { inner.1 } else { outer_column };
        let collation =
            parent.columns.get(usize::from(referenced)).and_then(|column| column.collation.as_deref());
        let link = Link { outer: (outer, outer_column), inner, inner_is_parent, collation, problem };
        let mut query = query;
        query.tree.with_deleted |= C::WITH_DELETED;
        Self { query, link, with: (), cardinality: PhantomData }
    }

    /// The parent that a column of the child references.
    #[doc(hidden)]
    pub fn parent(
        query: Query<T>,
        parent: &'static TableDef,
        child: &TableDef,
        alias: Alias,
        column: u16,
    ) -> Self {
        let key = referenced(parent, child, column);
        Self::linked(query, parent, alias, key.map(|key| (column, (0, key))), true)
    }

    /// The rows whose column references the parent.
    #[doc(hidden)]
    pub fn children(
        query: Query<T>,
        parent: &'static TableDef,
        child: &TableDef,
        alias: Alias,
        column: u16,
    ) -> Self {
        let key = referenced(parent, child, column);
        Self::linked(query, parent, alias, key.map(|key| (key, (0, column))), false)
    }
}

impl<T> Related<T, Many> {
    /// The rows of `that` table that a join table ties to a row of `this`: the first of its columns
    /// references `this`, the second `that`.
    #[doc(hidden)]
    pub fn through(
        mut query: Query<T>,
        [this, through, that]: [&'static TableDef; 3],
        alias: Alias,
        [from, to]: [u16; 2],
    ) -> Self {
        let keys = referenced(this, through, from).zip(referenced(that, through, to));
        if let Some((_, key)) = keys {
            let (table, tie) = (query.tree.alias(0), query.tree.alias(1));
            let on = sequence([Node::Column(table, key), sql(" = "), Node::Column(tie, to)]);
            let from = From {
                join: Join::Inner,
                shape: Shape::Table(through),
                alias: tie,
                on: Some(on),
                source: Source::Own,
            };
            query.tree.from.push(from);
        }
        Self::linked(query, this, alias, keys.map(|(key, _)| (key, (1, from))), false)
    }
}

impl<T: Table, C: Cardinality, W> Related<T, C, W> {
    /// Keeps the rows for which the condition is true. What would always be there may be missing then.
    pub fn filter<X: Condition>(
        self,
        condition: impl FnOnce(<T as Record>::Columns<Required>) -> X,
    ) -> Related<T, C::Filtered, W> {
        let Self { query, link, with, .. } = self;
        Related { query: query.filter(condition), link, with, cardinality: PhantomData }
    }

    /// Filters by a value where there is one. What would always be there may be missing then, whether there
    /// is a value or not.
    pub fn filter_some<V, X: Condition>(
        self,
        value: Option<V>,
        condition: impl FnOnce(<T as Record>::Columns<Required>, V) -> X,
    ) -> Related<T, C::Filtered, W> {
        let Self { query, link, with, .. } = self;
        Related { query: query.filter_some(value, condition), link, with, cardinality: PhantomData }
    }

    /// Filters by a condition where the closure gives one: a group, of which every part may be missing.
    pub fn filter_optional<X: OptionalCondition>(
        self,
        condition: impl FnOnce(<T as Record>::Columns<Required>) -> X,
    ) -> Related<T, C::Filtered, W> {
        let Self { query, link, with, .. } = self;
        Related { query: query.filter_optional(condition), link, with, cardinality: PhantomData }
    }

    /// Soft-deleted rows too.
    pub fn with_deleted(mut self) -> Self {
        self.query = self.query.with_deleted();
        self
    }

    /// Loads the rows of a relation beside each row of this one:
    /// `a.books().with(|b| b.reviews())`. Several stand side by side.
    pub fn with<R: Loads>(
        self,
        relation: impl FnOnce(<T as Record>::Columns<Required>) -> R,
    ) -> Related<T, C, W::Push<R>>
    where
        W: Nested<T>,
    {
        let Self { query, link, with, cardinality } = self;
        let relation = relation(query.cols());
        Related { query, link, with: with.push(relation), cardinality }
    }

    /// A query over the rows that belong to the row: for everything that has no word here.
    pub fn query(self) -> Query<T> {
        let Self { mut query, link, .. } = self;
        let inner = Node::Column(query.tree.alias(link.inner.0), link.inner.1);
        let outer = Node::Column(link.outer.0, link.outer.1);
        // The left column's collation decides, and the referenced one's has to.
        let (left, right) = if link.inner_is_parent { (inner, outer) } else { (outer, inner) };
        query.tree.filters.push(sequence([left, sql(" = "), right]));
        if let Some(problem) = link.problem {
            query.tree.problem.get_or_insert_with(|| problem.to_owned());
        }
        query
    }

    /// Whether there is one: `Author::query().filter(|a| a.books().filter(|b| b.pages.gt(900)).exists())`.
    pub fn exists(self) -> Expr<bool> {
        crate::query::exists(self.query())
    }

    /// How many there are.
    pub fn count(self) -> Expr<i64> {
        let mut tree = self.query().tree;
        tree.order.clear();
        tree.select = vec![sql("count(*)")];
        Expr::new(Node::Query(Box::new(tree)))
    }

    /// A value of the first of its rows, NULL where there is none: `b.author().value(|a| a.name)`.
    pub fn value<X: Selection>(
        self,
        selection: impl FnOnce(<T as Record>::Columns<Required>) -> X,
    ) -> Expr<<X::Types as SqlType>::Opt>
    where
        X::Types: SqlType,
    {
        crate::query::scalar(self.query().limit(1).select(selection))
    }

    /// The column that names the row that others belong to, compared as the referenced column is.
    pub(super) fn inner_key(&self) -> Node {
        let column = Node::Column(self.alias(self.link.inner.0), self.link.inner.1);
        match self.link.collation {
            Some(collation) if !self.link.inner_is_parent => {
                let collate = format!(" COLLATE {}", quote_identifier(collation));
                sequence([sql("("), column, Node::Sql(collate.into()), sql(")")])
            }
            _ => column,
        }
    }

    pub(super) fn alias(&self, at: u8) -> Alias {
        self.query.tree.alias(at)
    }
}

impl<T: Table, W> Related<T, Many, W> {
    /// Adds terms to the order: earlier ones count first; the primary key last.
    pub fn order_by<O: Orders>(mut self, order: impl FnOnce(<T as Record>::Columns<Required>) -> O) -> Self {
        self.query = self.query.order_by(order);
        self
    }

    /// At most this many rows for each row that they belong to.
    pub fn limit(mut self, rows: u64) -> Self {
        self.query = self.query.limit(rows);
        self
    }

    /// What the rows come to as one group: `a.books().aggregate(|b| sum(b.pages))`.
    pub fn aggregate<X: Selection>(
        self,
        selection: impl FnOnce(<T as crate::query::Scope>::Cols<crate::expr::Whole>) -> X,
    ) -> Select<X::Row, (T, ()), X::Types> {
        self.query().aggregate(selection)
    }
}
