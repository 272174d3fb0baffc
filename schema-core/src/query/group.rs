use std::marker::PhantomData;

use super::{DynamicColumn, NamedSelect, Query, Scope, Select, SelectTree, Selection};
use crate::expr::{Condition, Groups, Orders, Whole};

/// A query whose rows are grouped by `X`.
pub struct GroupBy<S, X> {
    tree: SelectTree,
    key: X,
    scope: PhantomData<fn() -> S>,
}

impl<S, X: Clone> Clone for GroupBy<S, X> {
    fn clone(&self) -> Self {
        Self { tree: self.tree.clone(), key: self.key.clone(), scope: PhantomData }
    }
}

impl<S, X> std::fmt::Debug for GroupBy<S, X> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("GroupBy").field(&self.tree).finish()
    }
}

impl<S: Scope> Query<S> {
    /// One row for all rows that are equal in these: a column, an expression, a tuple of them.
    ///
    /// What follows is given the key first and then the tables, whose columns only aggregates take:
    /// `.group_by(|b| b.author_id).select(|author, b| (author, count(b), avg(b.price)))`.
    pub fn group_by<X: Selection + Clone>(
        mut self,
        key: impl FnOnce(S::Cols<crate::expr::Rows>) -> X,
    ) -> GroupBy<S, X> {
        let key = key(S::cols(self.tree.id));
        self.tree.begin_groups("group_by");
        key.clone().select_into(&mut self.tree.group);
        GroupBy { tree: self.tree, key, scope: PhantomData }
    }

    /// As [`group_by`](Self::group_by), by columns that are chosen at run time; what follows is given them as a list:
    ///
    /// ```
    /// # use schema_core::{Db, Table, expr::count};
    /// # #[derive(Table)]
    /// # struct Book { #[column(primary_key)] id: i64, shelf: String, language: String }
    /// # schema_core::schema! { pub(crate) Library { Book } }
    /// # fn list(db: &Db<Library>, fields: &[&str]) -> Result<String, Box<dyn std::error::Error>> {
    /// let allowed = BookColumns::allow(|b| [b.shelf, b.language]);
    /// let fields = fields.iter().map(|name| allowed.by_name(name)).collect::<schema_core::Result<Vec<_>>>()?;
    /// let rows = Book::query()
    ///     .group_by_named(|b| fields.iter().map(|field| field.of(b)).collect())
    ///     .order_by(|keys, b| (count(b).desc(), keys.into_iter().map(|key| key.asc()).collect::<Vec<_>>()))
    ///     .select_named(|keys, b| keys.into_iter().chain([count(b).named("books")]).collect())
    ///     .all(db)?;
    /// Ok(serde_json::to_string(&rows)?)
    /// # }
    /// ```
    pub fn group_by_named(
        mut self,
        keys: impl FnOnce(S::Cols<crate::expr::Rows>) -> Vec<DynamicColumn>,
    ) -> GroupBy<S, Vec<DynamicColumn>> {
        let keys = keys(S::cols(self.tree.id));
        self.tree.begin_groups("group_by_named");
        keys.iter().cloned().for_each(|key| key.select_into(&mut self.tree.group));
        if keys.is_empty() {
            self.tree.problem.get_or_insert_with(|| {
                "no column was chosen to group by; `aggregate` makes one row of all".to_owned()
            });
        }
        GroupBy { tree: self.tree, key: keys, scope: PhantomData }
    }

    /// One row for all rows, also where there is none: `.aggregate(|b| (count(b), avg(b.price)))`.
    pub fn aggregate<X: Selection>(
        mut self,
        selection: impl FnOnce(S::Cols<Whole>) -> X,
    ) -> Select<X::Row, S::Tables, X::Types> {
        selection(S::cols(self.tree.id)).select_into(&mut self.tree.select);
        self.tree.begin_groups("aggregate");
        self.tree.aggregate = true;
        Select::new(self.tree, X::read)
    }
}

impl<S: Scope, X: Clone> GroupBy<S, X> {
    /// Keeps the groups for which the condition is true. Several must all be.
    pub fn having<C: Condition>(mut self, condition: impl FnOnce(X, S::Cols<Groups>) -> C) -> Self {
        let condition = condition(self.key.clone(), S::cols(self.tree.id)).into_condition();
        self.tree.having.push(condition.node());
        self
    }

    /// Keeps groups by a value where there is one: `.having_some(least, |_, b, least| count(b).ge(least))`.
    pub fn having_some<V, C: Condition>(
        self,
        value: Option<V>,
        condition: impl FnOnce(X, S::Cols<Groups>, V) -> C,
    ) -> Self {
        match value {
            Some(value) => self.having(|key, columns| condition(key, columns, value)),
            None => self,
        }
    }

    /// Adds terms to the order of the groups: earlier ones count first.
    pub fn order_by<O: Orders>(mut self, order: impl FnOnce(X, S::Cols<Groups>) -> O) -> Self {
        order(self.key.clone(), S::cols(self.tree.id)).order_into(&mut self.tree.order);
        self
    }

    /// Chooses at run time what a group gives: keys, and aggregates under a name, `count(b).named("books")`.
    pub fn select_named(
        self,
        columns: impl FnOnce(X, S::Cols<Groups>) -> Vec<DynamicColumn>,
    ) -> NamedSelect<S::Tables> {
        let columns = columns(self.key, S::cols(self.tree.id));
        NamedSelect::of(self.tree, columns)
    }

    /// Chooses what a group gives: its key, and aggregates over its rows.
    pub fn select<Y: Selection>(
        mut self,
        selection: impl FnOnce(X, S::Cols<Groups>) -> Y,
    ) -> Select<Y::Row, S::Tables, Y::Types> {
        selection(self.key, S::cols(self.tree.id)).select_into(&mut self.tree.select);
        Select::new(self.tree, Y::read)
    }
}
