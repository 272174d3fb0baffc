use std::{marker::PhantomData, sync::Arc};

use super::{
    Elem, Left, On, Query, Scope, Select, SelectTree,
    tree::{Common, From, Join, SetOperation, Source},
};
use crate::{
    expr::{Alias, Required, Rows},
    record::Record,
};

/// A common table expression: a query that other queries use like a table, with the columns of `R`.
///
/// It cannot use columns of the query that it stands in.
pub struct Cte<R> {
    common: Common,
    record: PhantomData<fn() -> R>,
}

impl<R> Clone for Cte<R> {
    fn clone(&self) -> Self {
        Self { common: self.common.clone(), record: PhantomData }
    }
}

impl<R> std::fmt::Debug for Cte<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Cte").field(&self.common).finish()
    }
}

/// What the rows of a common table or a derived table are: a model, or a struct that derives `Row`. A trait of one impl,
/// for rustc lists all of them where a type is none.
#[diagnostic::on_unimplemented(
    message = "the columns of `{Self}` have no names, by which another query could use them",
    label = "no names for its columns",
    note = "choose a struct that derives `Row`, `.select(|b| TitleSelect {{ id: b.id, title: b.title }})`, or whole models, `.select_all()`"
)]
pub trait NamesColumns: Record {}
#[diagnostic::do_not_recommend]
impl<R: Record> NamesColumns for R {}

impl<R, Z> Select<R, Z, R> {
    /// The query under a name, to be used like a table: `WITH name AS (..)`.
    ///
    /// Its rows are a model's or those of a `#[derive(Row)]` struct, which has the columns.
    pub fn cte(self, name: &str) -> Cte<R>
    where
        R: NamesColumns,
    {
        Cte::new(name, Some(Arc::new(self.tree)))
    }

    /// `WITH RECURSIVE`: the rows of this query, then for those the rows of the step, and so on until it
    /// gives none. The step sees the rows of the round before it.
    ///
    /// A step that comes back to a row goes on for ever:
    /// [`recursive_distinct`](Self::recursive_distinct) leaves out the rows that are there already.
    pub fn recursive<Y>(self, name: &str, step: impl FnOnce(&Cte<R>) -> Select<R, Y, R>) -> Cte<R>
    where
        R: NamesColumns,
    {
        self.rounds(SetOperation::UnionAll, name, step)
    }

    /// Like [`recursive`](Self::recursive), where each row comes once: of use for graphs with cycles.
    pub fn recursive_distinct<Y>(self, name: &str, step: impl FnOnce(&Cte<R>) -> Select<R, Y, R>) -> Cte<R>
    where
        R: NamesColumns,
    {
        self.rounds(SetOperation::Union, name, step)
    }

    fn rounds<Y>(
        self,
        operation: SetOperation,
        name: &str,
        step: impl FnOnce(&Cte<R>) -> Select<R, Y, R>,
    ) -> Cte<R>
    where
        R: NamesColumns,
    {
        // The step refers to it by its number; what it stands for comes afterwards.
        let mut whole = Cte::new(name, None);
        let step = step(&whole).tree;
        whole.common.tree = Some(Arc::new(self.tree.combine(operation, step)));
        whole
    }

    /// The query as the first table of another: a derived table.
    ///
    /// In a subquery it may use the columns of the queries around it, which a [`cte`](Self::cte) cannot.
    pub fn as_table(self) -> Query<R>
    where
        R: NamesColumns,
    {
        Query::of(SelectTree::over(R::SHAPE, Source::Derived(Box::new(self.tree))))
    }
}

impl<R: Record> Cte<R> {
    fn new(name: &str, tree: Option<Arc<SelectTree>>) -> Self {
        let id = Alias::fresh().query;
        Self { common: Common { id, name: name.to_owned(), tree }, record: PhantomData }
    }

    /// A query over its rows.
    pub fn query(&self) -> Query<R> {
        Query::of(SelectTree::over(R::SHAPE, Source::Common(self.common.clone())))
    }
}

impl<S: Scope> Query<S> {
    /// Adds the rows of a common table expression for which the condition is true.
    pub fn join_cte<R: Record>(
        self,
        cte: &Cte<R>,
        on: impl On<S::Cols<Rows>, R::Columns<Required>>,
    ) -> Query<S::Push<R>> {
        self.push_from::<R, R>(Join::Inner, Source::Common(cte.common.clone()), on)
    }

    /// Adds the rows of a common table expression for which the condition is true, or `None` where there
    /// is none.
    pub fn left_join_cte<R: Record>(
        self,
        cte: &Cte<R>,
        on: impl On<S::Cols<Rows>, R::Columns<Required>>,
    ) -> Query<S::Push<Left<R>>> {
        self.push_from::<R, Left<R>>(Join::Left, Source::Common(cte.common.clone()), on)
    }

    /// Adds the rows of another query for which the condition is true: a derived table.
    pub fn join_query<R: Record, Z>(
        self,
        query: Select<R, Z, R>,
        on: impl On<S::Cols<Rows>, R::Columns<Required>>,
    ) -> Query<S::Push<R>> {
        self.push_from::<R, R>(Join::Inner, Source::Derived(Box::new(query.tree)), on)
    }

    /// Adds the rows of another query for which the condition is true, or `None` where there is none.
    pub fn left_join_query<R: Record, Z>(
        self,
        query: Select<R, Z, R>,
        on: impl On<S::Cols<Rows>, R::Columns<Required>>,
    ) -> Query<S::Push<Left<R>>> {
        self.push_from::<R, Left<R>>(Join::Left, Source::Derived(Box::new(query.tree)), on)
    }

    pub(super) fn push_from<B: Record, J: Elem>(
        mut self,
        join: Join,
        source: Source,
        on: impl On<S::Cols<Rows>, B::Columns<Required>>,
    ) -> Query<S::Push<J>> {
        let alias = self.tree.alias(S::LEN);
        let on = on.holds(self.cols(), B::columns(alias)).node();
        self.tree.from.push(From { join, shape: B::SHAPE, alias, on: Some(on), source });
        Query::of(self.tree)
    }
}
