//! What can be chosen, and what only looks as if it could.
//!
//! rustc names a whole tuple where a part of it is no [`Choice`]. So what people write there by mistake is one, and is turned
//! down when it is written: then the message is of that part alone, and says what to write instead.

use super::{Choice, Elem, Query, Select, WholeRow};
use crate::{
    expr::{
        Aggregate, Case, Columns, Counted, Expr, Kind, Node, NotGrouped, OfAll, OfGroup, Picked, Ranked,
        Window,
    },
    never::asks,
    value::{CellError, Row, SqlType},
};

/// What was chosen, and can be written.
#[doc(hidden)]
pub trait Part {
    fn select_into(self, select: &mut Vec<Node>);
}

impl<T: SqlType, K: Kind> Part for Expr<T, K> {
    fn select_into(self, select: &mut Vec<Node>) {
        // The result may be ordered by its columns, its rows told apart, or its values looked for by `IN`.
        select.push(self.compared());
    }
}

/// A whole table.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Whole<C>(pub(super) C);
impl<C: Columns<Mode: WholeRow>> Part for Whole<C> {
    fn select_into(self, select: &mut Vec<Node>) {
        <<C::Mode as WholeRow>::Elem<C::Record> as Elem>::select(self.0.alias(), select);
    }
}

/// A whole table where many rows are one.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct RowOfAGroup<C>(pub(super) C);

/// What cannot be written. A type of its own, for rustc tells of what was asked for first where the type is the same.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Mistake<C>(C);

asks! {
    AggregateHasRows "an aggregate stands among single rows",
        "an aggregate beside a column of each row",
        "of the rows of each group: `.group_by(|b| b.author_id).select(|author, b| (author, count(b)))`",
        "of all rows: `.aggregate(|b| count(b))`; beside each row: `count(b).over(|w| w)`";
    WindowIsSaid "a window function does not say which rows it is over",
        "a window function without a window",
        "`row_number().over(|w| w.partition_by(b.author_id).order_by(b.price.desc()))`";
    ColumnIsGrouped "a column that is not grouped has many values in a group",
        "a column that is not grouped",
        "add it to the key, `.group_by(|b| (b.author_id, b.title))`, or make one value of them: `max(b.title)`";
    ColumnOfOneRow "a column has many values, where all rows are one group",
        "a column beside aggregates of all rows",
        "make one value of them, `max(b.title)`, or make a group of each: `.group_by(|b| b.title).select(|title, b| ..)`";
    GroupIsOneRow "a whole table has many rows in a group",
        "no row of a table",
        "choose the key and aggregates: `.select(|author, b| (author, count(b)))`";
    CaseHasAnEnd "a `case()` has no value yet",
        "a `case()` without an end",
        "end it by `.otherwise(value)`, or by `.or_null()`";
    QueryIsOneValue "a query is no value",
        "a query in the place of a value",
        "its value in the first row is `scalar(query.select(|a| a.name))`; whether it has one is `exists(query)`";
}

/// What is chosen by mistake: what a row would give, its SQL type, and what is asked of it.
macro_rules! mistakes {
    ($([$($generic:tt)*] $chosen:ty => $row:ty, $sql:ty, $asks:ident;)*) => {$(
        impl<$($generic)*> Part for Mistake<$chosen>
        where
            Mistake<$chosen>: $asks,
        {
            fn select_into(self, _: &mut Vec<Node>) {
                self.never()
            }
        }
        #[diagnostic::do_not_recommend]
        impl<$($generic)*> Choice for $chosen {
            type Row = $row;
            type Types = $sql;
            type Chosen = Mistake<Self>;
            const WIDTH: usize = 0;
            fn chosen(self) -> Mistake<Self> {
                Mistake(self)
            }
            fn read(row: Row<'_>, at: usize) -> Result<$row, CellError> {
                Err(CellError::new(row.cell(at), "what can be chosen"))
            }
        }
    )*};
}
mistakes! {
    [T: SqlType] Window<T, Aggregate> => T::Rust, T, AggregateHasRows;
    [T: SqlType] Window<T, Counted> => T::Rust, T, AggregateHasRows;
    [T: SqlType] Window<T, Ranked> => T::Rust, T, WindowIsSaid;
    [T: SqlType] Window<T, Picked> => T::Rust, T, WindowIsSaid;
    [T: SqlType] NotGrouped<T, OfGroup> => T::Rust, T, ColumnIsGrouped;
    [T: SqlType] NotGrouped<T, OfAll> => T::Rust, T, ColumnOfOneRow;
    [T: SqlType] Case<T> => T::Rust, T, CaseHasAnEnd;
    [O, Z, T] Select<O, Z, T> => O, T, QueryIsOneValue;
    [S] Query<S> => (), (), QueryIsOneValue;
}
impl<C> Part for RowOfAGroup<C>
where
    RowOfAGroup<C>: GroupIsOneRow,
{
    fn select_into(self, _: &mut Vec<Node>) {
        self.never::<()>();
    }
}
