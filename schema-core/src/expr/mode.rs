use std::marker::PhantomData;

use super::{
    Alias, Col, ColumnKind, Expr, InLiteral, Node, UniqueSet,
    aggregate::{Level, OfAll, OfGroup, OfRow},
};
use crate::value::SqlType;

/// What a columns struct stands for: one struct serves plain, left-joined, grouped and new rows.
pub trait Mode: Copy + 'static {
    /// A column of type `T`, with an `Option` `O`, and mark `K`. Without bounds on the types: one that is no
    /// column type is reported where its values are read and bound, and once.
    type Col<T: 'static, O: 'static, K: ColumnKind>: Copy;
    /// Such a column that the literal of every new row names.
    type Literal<T: 'static, O: 'static, K: ColumnKind>: Copy;
    /// A set of columns that is unique together.
    type Set<T: 'static>: Copy;
    /// The same table in a closure over rows.
    type Row: Mode;
    /// What an aggregate over it is.
    type Level: Level;
    /// What is asked of its row: `bool`, or `Option<bool>` where the row may be missing.
    type Truth: SqlType<Base = bool>;
    /// Whether the table may be missing from a row: the far side of a LEFT JOIN.
    const NULLABLE: bool;
    #[doc(hidden)]
    fn col<T: SqlType, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> Self::Col<T, O, K>;
    #[doc(hidden)]
    fn literal<T: SqlType, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> Self::Literal<T, O, K>;
    #[doc(hidden)]
    fn set<T: 'static>(columns: &'static [u16]) -> Self::Set<T>;
}

/// A column that the literal of a new row names is a column like the others.
macro_rules! same_in_the_literal {
    () => {
        #[inline]
        fn literal<T: SqlType, O: 'static, K: ColumnKind>(
            alias: Alias,
            index: u16,
        ) -> Self::Literal<T, O, K> {
            Self::col::<T, O, K>(alias, index)
        }
    };
}

/// The columns of a table that is there in every row.
#[derive(Clone, Copy, Debug)]
pub enum Required {}
impl Mode for Required {
    type Col<T: 'static, O: 'static, K: ColumnKind> = Col<T, K>;
    type Literal<T: 'static, O: 'static, K: ColumnKind> = Col<T, K>;
    type Set<T: 'static> = UniqueSet<T>;
    type Row = Required;
    type Level = OfRow;
    type Truth = bool;
    const NULLABLE: bool = false;
    #[inline]
    fn col<T: SqlType, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> Col<T, K> {
        Expr::column(alias, index)
    }
    same_in_the_literal!();
    fn set<T: 'static>(columns: &'static [u16]) -> UniqueSet<T> {
        UniqueSet::new(columns)
    }
}

/// The columns of the far side of a LEFT JOIN: every one may be NULL.
#[derive(Clone, Copy, Debug)]
pub enum Nullable {}
impl Mode for Nullable {
    type Col<T: 'static, O: 'static, K: ColumnKind> = Col<O, K>;
    type Literal<T: 'static, O: 'static, K: ColumnKind> = Col<O, K>;
    type Set<T: 'static> = UniqueSet<T>;
    type Row = Nullable;
    type Level = OfRow;
    type Truth = Option<bool>;
    const NULLABLE: bool = true;
    #[inline]
    fn col<T: SqlType, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> Col<O, K> {
        Expr::column(alias, index)
    }
    same_in_the_literal!();
    fn set<T: 'static>(columns: &'static [u16]) -> UniqueSet<T> {
        UniqueSet::new(columns)
    }
}

/// The columns of a grouped table: only aggregates take them.
#[derive(Clone, Copy, Debug)]
pub enum Grouped {}
impl Mode for Grouped {
    type Col<T: 'static, O: 'static, K: ColumnKind> = NotGrouped<T, OfGroup>;
    type Literal<T: 'static, O: 'static, K: ColumnKind> = NotGrouped<T, OfGroup>;
    type Set<T: 'static> = UniqueSet<T>;
    type Row = Required;
    type Level = OfGroup;
    type Truth = bool;
    const NULLABLE: bool = false;
    fn col<T: SqlType, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> NotGrouped<T, OfGroup> {
        NotGrouped { column: Expr::column(alias, index), kind: PhantomData }
    }
    same_in_the_literal!();
    fn set<T: 'static>(columns: &'static [u16]) -> UniqueSet<T> {
        UniqueSet::new(columns)
    }
}

/// The columns of a grouped table on the far side of a LEFT JOIN.
#[derive(Clone, Copy, Debug)]
pub enum GroupedNullable {}
impl Mode for GroupedNullable {
    type Col<T: 'static, O: 'static, K: ColumnKind> = NotGrouped<O, OfGroup>;
    type Literal<T: 'static, O: 'static, K: ColumnKind> = NotGrouped<O, OfGroup>;
    type Set<T: 'static> = UniqueSet<T>;
    type Row = Nullable;
    type Level = OfGroup;
    type Truth = Option<bool>;
    const NULLABLE: bool = true;
    fn col<T: SqlType, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> NotGrouped<O, OfGroup> {
        NotGrouped { column: Expr::column(alias, index), kind: PhantomData }
    }
    same_in_the_literal!();
    fn set<T: 'static>(columns: &'static [u16]) -> UniqueSet<T> {
        UniqueSet::new(columns)
    }
}

/// The columns of a table whose rows are one group.
#[derive(Clone, Copy, Debug)]
pub enum All {}
impl Mode for All {
    type Col<T: 'static, O: 'static, K: ColumnKind> = NotGrouped<T, OfAll>;
    type Literal<T: 'static, O: 'static, K: ColumnKind> = NotGrouped<T, OfAll>;
    type Set<T: 'static> = UniqueSet<T>;
    type Row = Required;
    type Level = OfAll;
    type Truth = bool;
    const NULLABLE: bool = false;
    fn col<T: SqlType, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> NotGrouped<T, OfAll> {
        NotGrouped { column: Expr::column(alias, index), kind: PhantomData }
    }
    same_in_the_literal!();
    fn set<T: 'static>(columns: &'static [u16]) -> UniqueSet<T> {
        UniqueSet::new(columns)
    }
}

/// The columns of the far side of a LEFT JOIN whose rows are one group.
#[derive(Clone, Copy, Debug)]
pub enum AllNullable {}
impl Mode for AllNullable {
    type Col<T: 'static, O: 'static, K: ColumnKind> = NotGrouped<O, OfAll>;
    type Literal<T: 'static, O: 'static, K: ColumnKind> = NotGrouped<O, OfAll>;
    type Set<T: 'static> = UniqueSet<T>;
    type Row = Nullable;
    type Level = OfAll;
    type Truth = Option<bool>;
    const NULLABLE: bool = true;
    fn col<T: SqlType, O: 'static, K: ColumnKind>(alias: Alias, index: u16) -> NotGrouped<O, OfAll> {
        NotGrouped { column: Expr::column(alias, index), kind: PhantomData }
    }
    same_in_the_literal!();
    fn set<T: 'static>(columns: &'static [u16]) -> UniqueSet<T> {
        UniqueSet::new(columns)
    }
}

/// The columns of a row that is about to be inserted: they can be set, not read.
#[derive(Clone, Copy, Debug)]
pub enum Insert {}
impl Mode for Insert {
    type Col<T: 'static, O: 'static, K: ColumnKind> = InsertColumn<T, K>;
    type Literal<T: 'static, O: 'static, K: ColumnKind> = InsertColumn<T, InLiteral>;
    type Set<T: 'static> = UniqueSet<T>;
    type Row = Required;
    type Level = OfRow;
    type Truth = bool;
    const NULLABLE: bool = false;
    fn col<T: SqlType, O: 'static, K: ColumnKind>(_: Alias, index: u16) -> InsertColumn<T, K> {
        InsertColumn { index, kind: PhantomData }
    }
    fn literal<T: SqlType, O: 'static, K: ColumnKind>(_: Alias, index: u16) -> InsertColumn<T, InLiteral> {
        InsertColumn { index, kind: PhantomData }
    }
    fn set<T: 'static>(columns: &'static [u16]) -> UniqueSet<T> {
        UniqueSet::new(columns)
    }
}

/// The columns as places, without types: what a violation is asked about.
#[derive(Clone, Copy, Debug)]
pub enum Places {}
impl Mode for Places {
    type Col<T: 'static, O: 'static, K: ColumnKind> = Place;
    type Literal<T: 'static, O: 'static, K: ColumnKind> = Place;
    type Set<T: 'static> = Place;
    type Row = Required;
    type Level = OfRow;
    type Truth = bool;
    const NULLABLE: bool = false;
    fn col<T: SqlType, O: 'static, K: ColumnKind>(_: Alias, index: u16) -> Place {
        Place(Stands::On(index))
    }
    same_in_the_literal!();
    fn set<T: 'static>(columns: &'static [u16]) -> Place {
        Place(Stands::OnSet(columns))
    }
}

/// A column or a unique set of a table.
#[derive(Clone, Copy, Debug)]
pub struct Place(Stands);

#[derive(Clone, Copy, Debug)]
enum Stands {
    On(u16),
    OnSet(&'static [u16]),
}

impl Place {
    pub(crate) fn columns(&self) -> &[u16] {
        match &self.0 {
            Stands::On(column) => std::slice::from_ref(column),
            Stands::OnSet(columns) => columns,
        }
    }
}

/// A column of a grouped table: only aggregates take it.
// rustc shows this line where an operator is missing.
#[rustfmt::skip]
pub struct NotGrouped<T, L> { // calculated with in each row: `sum(each(b, |b| b.price * b.stock))`
    column: Col<T>,
    kind: PhantomData<fn() -> (T, L)>,
}
impl<T, L> Clone for NotGrouped<T, L> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, L> Copy for NotGrouped<T, L> {}
impl<T, L> std::fmt::Debug for NotGrouped<T, L> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("NotGrouped").field(&self.column).finish()
    }
}

impl<T: SqlType, L: Level> NotGrouped<T, L> {
    /// The column's value in an arbitrary row of the group.
    pub fn any_value(self) -> Expr<L::Any<T>> {
        Expr::new(self.node())
    }

    pub(super) fn node(self) -> Node {
        Node::from(self.column.parts)
    }
}

/// A column of a row that is about to be inserted.
pub struct InsertColumn<T, K> {
    pub(crate) index: u16,
    kind: PhantomData<fn() -> (T, K)>,
}
impl<T, K> Clone for InsertColumn<T, K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T, K> Copy for InsertColumn<T, K> {}
impl<T, K> std::fmt::Debug for InsertColumn<T, K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("InsertColumn").field(&self.index).finish()
    }
}

/// A columns struct, one impl a record, written by the derive.
#[diagnostic::on_unimplemented(message = "`{Self}` is no table of this query")]
pub trait Columns: Copy {
    /// What the columns stand for.
    type Mode: Mode;
    /// The record that they are the columns of.
    type Record: crate::record::Record;
    #[doc(hidden)]
    fn alias(&self) -> Alias;
}

/// Which modes the tables of a scope have in a closure.
pub trait Flavor: 'static {
    /// Mode of a table that is there in every row.
    type Required: Mode;
    /// Mode of the far side of a LEFT JOIN.
    type Nullable: Mode;
}

/// Closures over rows: `filter`, `order_by`, `select`.
#[derive(Clone, Copy, Debug)]
pub enum Rows {}
impl Flavor for Rows {
    type Required = Required;
    type Nullable = Nullable;
}

/// Closures over all rows as one group, of which there may be none: `aggregate`.
#[derive(Clone, Copy, Debug)]
pub enum Whole {}
impl Flavor for Whole {
    type Required = All;
    type Nullable = AllNullable;
}

/// Closures over groups: `having`, and `select` after `group_by`.
#[derive(Clone, Copy, Debug)]
pub enum Groups {}
impl Flavor for Groups {
    type Required = Grouped;
    type Nullable = GroupedNullable;
}
