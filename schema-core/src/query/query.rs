use std::marker::PhantomData;

use super::{
    Left, On, Plan, Scope, Select, SelectTree, Selection, Within,
    tree::{From, Join, Source},
};
use crate::{
    database::Runs,
    error::Result,
    expr::{Columns, Condition, OptionalCondition, Orders, Required, Rows},
    record::Record,
};

/// What can be joined: a table or a view. A trait of one impl, for rustc lists all of them where a type is none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no table",
    label = "not a table",
    note = "derive `Table` for it, or `View`; a query is joined by `.join_query(select, ..)` or `.join_cte(&cte, ..)`"
)]
pub trait Joins {
    /// Its columns in the closure that says which rows belong together.
    type Columns: Columns<Mode = Required>;
}
#[diagnostic::do_not_recommend]
impl<R: Record> Joins for R {
    type Columns = R::Columns<Required>;
}

/// The record itself, told by its columns: what is no record has none, and rustc has no more to say of it.
type Itself<B> = <<B as Joins>::Columns as Columns>::Record;

/// A query over the tables of the scope `S`.
pub struct Query<S> {
    pub(super) tree: SelectTree,
    scope: PhantomData<fn() -> S>,
}

impl<S> Clone for Query<S> {
    fn clone(&self) -> Self {
        Self { tree: self.tree.clone(), scope: PhantomData }
    }
}

impl<S> std::fmt::Debug for Query<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Query").field(&self.tree).finish()
    }
}

impl<A: Record> Query<A> {
    pub(crate) fn new() -> Self {
        Self { tree: SelectTree::new(A::SHAPE), scope: PhantomData }
    }
}

impl<S: Scope> Query<S> {
    pub(super) fn of(tree: SelectTree) -> Self {
        Self { tree, scope: PhantomData }
    }

    pub(super) fn cols(&self) -> S::Cols<Rows> {
        S::cols::<Rows>(self.tree.id)
    }

    /// Keeps the rows for which the condition is true. Several filters must all be.
    pub fn filter<C: Condition>(mut self, condition: impl FnOnce(S::Cols<Rows>) -> C) -> Self {
        let condition = condition(self.cols()).into_condition();
        self.tree.filters.push(condition.node());
        self
    }

    /// Filters by a value where there is one; without a value every row is kept:
    /// `.filter_some(title.as_deref(), |b, title| b.title.contains(title))`.
    pub fn filter_some<V, C: Condition>(
        self,
        value: Option<V>,
        condition: impl FnOnce(S::Cols<Rows>, V) -> C,
    ) -> Self {
        match value {
            Some(value) => self.filter(|columns| condition(columns, value)),
            None => self,
        }
    }

    /// Filters by a condition where the closure gives one: by a group, [`any_of`](crate::expr::any_of), of
    /// which every part may be missing.
    pub fn filter_optional<C: OptionalCondition>(
        mut self,
        condition: impl FnOnce(S::Cols<Rows>) -> C,
    ) -> Self {
        if let Some(condition) = condition(self.cols()).into_optional() {
            self.tree.filters.push(condition.node());
        }
        self
    }

    /// Adds terms to the order: earlier ones count first.
    pub fn order_by<O: Orders>(mut self, order: impl FnOnce(S::Cols<Rows>) -> O) -> Self {
        order(self.cols()).order_into(&mut self.tree.order);
        self
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

    /// Equal rows once.
    pub fn distinct(mut self) -> Self {
        self.tree.distinct = true;
        self
    }

    /// Soft-deleted rows too, of every table of the query.
    pub fn with_deleted(mut self) -> Self {
        self.tree.with_deleted = true;
        self
    }

    /// Adds the rows of `B` for which the condition is true; rows without one are left out.
    pub fn join<B: Joins>(
        self,
        on: impl On<S::Cols<Rows>, <Itself<B> as Record>::Columns<Required>>,
    ) -> Query<S::Push<Itself<B>>> {
        self.push_from::<Itself<B>, Itself<B>>(Join::Inner, Source::Own, on)
    }

    /// Adds every row of `B` to every row: a cross join.
    pub fn cross_join<B: Joins>(mut self) -> Query<S::Push<Itself<B>>> {
        let alias = self.tree.alias(S::LEN);
        let from =
            From { join: Join::Cross, shape: Itself::<B>::SHAPE, alias, on: None, source: Source::Own };
        self.tree.from.push(from);
        Query::of(self.tree)
    }

    /// Adds the rows of `B` for which the condition is true, or `None` where there is none.
    pub fn left_join<B: Joins>(
        self,
        on: impl On<S::Cols<Rows>, <Itself<B> as Record>::Columns<Required>>,
    ) -> Query<S::Push<Left<Itself<B>>>> {
        self.push_from::<Itself<B>, Left<Itself<B>>>(Join::Left, Source::Own, on)
    }

    /// Chooses what a row gives: columns and expressions instead of whole models.
    pub fn select<X: Selection>(
        mut self,
        selection: impl FnOnce(S::Cols<Rows>) -> X,
    ) -> Select<X::Row, S::Tables, X::Types> {
        selection(self.cols()).select_into(&mut self.tree.select);
        Select::new(self.tree, X::read)
    }

    /// Whole models, as [`select`](Self::select) gives them: for `union`, `cte` and `as_table`.
    pub fn select_all(self) -> Select<S::Out, S::Tables> {
        self.rows()
    }

    pub(super) fn rows(mut self) -> Select<S::Out, S::Tables> {
        S::select(self.tree.id, &mut self.tree.select);
        Select::new(self.tree, S::read)
    }

    /// Every row.
    pub fn all<H: Runs>(self, handle: &H) -> Result<Vec<S::Out>>
    where
        S::Tables: Within<H::Schema>,
    {
        self.rows().all(handle)
    }

    /// The only row.
    ///
    /// # Errors
    /// `is_not_found` where there is none, `is_too_many_rows` where there are several.
    pub fn one<H: Runs>(self, handle: &H) -> Result<S::Out>
    where
        S::Tables: Within<H::Schema>,
    {
        self.rows().one(handle)
    }

    /// The only row, or `None`.
    ///
    /// # Errors
    /// `is_too_many_rows` where there are several.
    pub fn optional<H: Runs>(self, handle: &H) -> Result<Option<S::Out>>
    where
        S::Tables: Within<H::Schema>,
    {
        self.rows().optional(handle)
    }

    /// The first row of the order, or `None`.
    pub fn first<H: Runs>(self, handle: &H) -> Result<Option<S::Out>>
    where
        S::Tables: Within<H::Schema>,
    {
        self.rows().first(handle)
    }

    /// Number of rows, within `limit` and `offset`.
    pub fn count<H: Runs>(self, handle: &H) -> Result<u64>
    where
        S::Tables: Within<H::Schema>,
    {
        self.rows().count(handle)
    }

    /// Whether there is a row.
    pub fn exists<H: Runs>(self, handle: &H) -> Result<bool>
    where
        S::Tables: Within<H::Schema>,
    {
        self.rows().exists(handle)
    }

    /// How SQLite finds the rows on this database, in words: `println!("{}", query.explain(&db)?)`. Nothing is run.
    ///
    /// # Errors
    /// The query cannot be written, or the database lacks one of its tables or columns.
    pub fn explain<H: Runs>(&self, handle: &H) -> Result<Plan>
    where
        S::Tables: Within<H::Schema>,
    {
        self.clone().rows().explain(handle)
    }

    /// The statement's text, with `?` for each value.
    pub fn to_sql(self) -> String {
        self.rows().to_sql()
    }
}
