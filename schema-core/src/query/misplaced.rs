//! What is called too early, too late, or on the wrong kind of query.

use super::{GroupBy, Named, Nested, Paged, Query, Scope, Select, Selection, WithQuery};
use crate::{
    error::Result,
    expr::{Groups, Required, Rows, Whole},
    never::{asks, misplaced},
    record::{Record, Table},
};

asks! {
    GroupsAreChosen "what a group gives has not been chosen yet",
        "groups without `select`",
        "choose the key and aggregates first: `.select(|author, b| (author, count(b)))`";
    RowsAreFilteredFirst "rows are filtered before they are grouped",
        "`filter` behind `group_by`",
        "rows: `.filter(..)` before `.group_by(..)`; groups: `.having(|author, b| count(b).gt(5))`";
    RowsAreGroups "`having` keeps groups, and there are none yet",
        "`having` without `group_by`",
        "groups: `.group_by(|b| b.author_id).having(|author, b| count(b).gt(5))`; rows: `.filter(|b| b.stock.gt(5))`";
    ComesBeforeSelect "what a row gives has been chosen, and the columns of its tables are gone",
        "comes before `select`",
        "move it in front of `.select(..)`; a result is ordered by `.order_by_result(0)`, and filtered by `.as_table().filter(..)` if it gives a struct that derives `Row`";
    RowsAreChosen "it takes a query that says what its rows are",
        "comes behind `select`",
        "put `.select(|b| b.title)` before it, or `.select_all()` for whole models; another query that it takes needs the same";
    RunsIt "a query is run by `all`, `one`, `optional` or `first`",
        "no way to run it",
        "`.all(&db)` gives every row, `.for_each(&db, |row| ..)` one after the other, `.count(&db)` their number";
    KeepsRows "rows are kept by `filter`",
        "no way to pick rows",
        "`.filter(|b| b.id.eq(1))`; one row by its key: `BookRepository::new(&db).get(1)`, or `.find(1)` where it may be missing";
    IsAggregate "what all rows come to is chosen in `aggregate`",
        "no method of a query",
        "`.aggregate(|b| (count(b), sum(b.price))).one(&db)`, with `use schema_core::expr::{{count, sum}}`";
    HasATable "a column that was chosen by its name belongs to no table yet",
        "no table",
        "give it one in the closure: `.order_by(|b| field.of(b).desc())`";
    RowsAreWhole "rows that come with others are whole, and chosen before",
        "comes before `with`",
        "filter and order in front of `.with(..)`, and the rows of a relation inside of it: `.with(|a| a.books().filter(..))`; columns of several tables: `.join::<Book>(..).select(..)`";
    PagesAreRead "a page is no list of rows",
        "comes without `after` and `before`",
        "`.page(&db)` reads it: `page.rows`, `page.next` and `page.previous`";
}

impl<S: Scope, X: Selection + Clone> GroupBy<S, X> {
    #[doc(hidden)]
    pub fn filter<C>(self, _: impl FnOnce(S::Cols<Rows>) -> C) -> Self
    where
        Self: RowsAreFilteredFirst,
    {
        self.never()
    }
}
misplaced! {
    [S, X] GroupBy<S, X> where [Self: GroupsAreChosen]
    all(handle) one(handle) optional(handle) first(handle) count(handle) exists(handle) page(handle)
    for_each(handle, work) limit(rows) offset(rows) distinct() union(other) cte(name) to_sql()
}

impl<S: Scope> Query<S> {
    #[doc(hidden)]
    pub fn having<C>(self, _: impl FnOnce(S::Cols<Groups>) -> C) -> Self
    where
        Self: RowsAreGroups,
    {
        self.never()
    }
}
macro_rules! whole {
    (@ [$($bound:tt)*] $name:ident) => {
        impl<T: Table, W: Nested<T>> WithQuery<T, W> {
            #[doc(hidden)]
            pub fn $name<C>(self, _: impl FnOnce(T::Columns<Required>) -> C) -> Self
            where
                $($bound)*
            {
                self.never()
            }
        }
    };
    ($bound:tt $($name:ident)*) => {
        $(whole!(@ $bound $name);)*
    };
}
whole! { [Self: RowsAreWhole] filter select order_by group_by }

macro_rules! aggregates {
    ($($name:ident)*) => {
        impl<S: Scope> Query<S> {$(
            #[doc(hidden)]
            pub fn $name<C>(self, _: impl FnOnce(S::Cols<Whole>) -> C) -> Select<C, S::Tables>
            where
                Self: IsAggregate,
            {
                self.never()
            }
        )*}
    };
}
aggregates! { sum avg min max }
misplaced! {
    [S] Query<S> where [Self: RunsIt]
    load(handle) get_results(handle) get_result(handle) fetch_all(handle) fetch_one(handle)
}
misplaced! { [S] Query<S> where [Self: KeepsRows] get(key) find(key) find_by_id(key) where_(condition) }
misplaced! { [T] Named<T> where [Self: HasATable] asc() desc() }
misplaced! {
    [S] Query<S> where [Self: RowsAreChosen]
    union(other) union_all(other) intersect(other) except(other) cte(name) recursive(name, step) as_table()
    order_by_result(position) order_by_result_desc(position) into_map(handle) into_groups(handle)
}

/// The columns that a query's tables had before it was chosen what a row gives.
#[doc(hidden)]
pub trait Had {
    type Cols: Copy;
}
impl<A: Record> Had for (A, ()) {
    type Cols = A::Columns<Required>;
}
macro_rules! had {
    ($($name:ident)*) => {
        impl<$($name: Record),*> Had for had!(@ $($name)*) {
            type Cols = ($($name::Columns<Required>,)*);
        }
    };
    (@) => { () };
    (@ $head:ident $($tail:ident)*) => { ($head, had!(@ $($tail)*)) };
}
had!(A B);
had!(A B C);
had!(A B C D);

impl<O, Z: Had, T> Select<O, Z, T> {
    #[doc(hidden)]
    pub fn filter<C>(self, _: impl FnOnce(Z::Cols) -> C) -> Self
    where
        Self: ComesBeforeSelect,
    {
        self.never()
    }

    #[doc(hidden)]
    pub fn order_by<C>(self, _: impl FnOnce(Z::Cols) -> C) -> Self
    where
        Self: ComesBeforeSelect,
    {
        self.never()
    }

    #[doc(hidden)]
    pub fn group_by<C>(self, _: impl FnOnce(Z::Cols) -> C) -> Self
    where
        Self: ComesBeforeSelect,
    {
        self.never()
    }

    #[doc(hidden)]
    pub fn join<B: Record>(
        self,
        _: impl FnOnce(Z::Cols, B::Columns<Required>) -> crate::expr::Expr<bool>,
    ) -> Self
    where
        Self: ComesBeforeSelect,
    {
        self.never()
    }

    #[doc(hidden)]
    pub fn left_join<B: Record>(
        self,
        _: impl FnOnce(Z::Cols, B::Columns<Required>) -> crate::expr::Expr<bool>,
    ) -> Self
    where
        Self: ComesBeforeSelect,
    {
        self.never()
    }
}
misplaced! { [O, Z, T] Select<O, Z, T> where [Self: ComesBeforeSelect] with_deleted() }

impl<O, Z, T> Paged<O, Z, T> {
    #[doc(hidden)]
    pub fn all<H>(self, _: &H) -> Result<Vec<O>>
    where
        Self: PagesAreRead,
    {
        self.never()
    }
}
misplaced! { [O, Z, T] Paged<O, Z, T> where [Self: PagesAreRead] one(handle) first(handle) optional(handle) offset(rows) }
