//! Typed expressions.
//!
//! An expression carries the Rust type of its value and nothing of the statement that it will stand
//! in: `Expr<i64>` is the same type in a filter, in a join and in an UPDATE.

mod aggregate;
mod arithmetic;
mod assign;
mod case;
mod cast;
mod column;
mod compare;
mod date;
mod each;
mod expression;
mod frame;
mod full_text;
mod interval;
mod json;
mod list;
mod logic;
mod misplaced;
mod mode;
mod node;
mod number;
mod operand;
mod optional;
mod order;
#[cfg(any(feature = "chrono", feature = "jiff"))]
mod same_moment;
mod text;
mod window;

pub use aggregate::{
    Aggregate, AggregateKind, Aggregated, Argument, Counted, HasRows, Level, OfAll, OfGroup, OfRow, avg,
    count, count_distinct, count_values, group_concat, group_concat_distinct, max, min, sum, total,
};
pub use arithmetic::Operand;
pub use assign::{Assign, Assignments, FitsIn, Given, IntoSet};
pub use case::{Case, CaseStart, case};
pub use cast::{CastTarget, Literal, value};
pub use column::{
    Col, ColumnKind, ColumnRef, Computed, ConflictKey, Generated, InLiteral, IsLeftOut, IsUnique, IsWritable,
    Kind, Plain, Unique, UniqueKey, UniqueSet,
};
pub use compare::Truth;
pub use date::{Form, HasClock, Moment, now, today};
pub use each::{Each, RowsOf, each};
pub(crate) use expression::collated;
pub use expression::{AsExpr, Expr};
pub use frame::{Bound, Frame, FrameKind, Holds, MayBeEmpty};
#[doc(hidden)]
pub use full_text::Searched;
pub use full_text::{FullText, search, words, words_beginning};
pub use interval::{Interval, days, hours, minutes, months, seconds, years};
pub use json::{HoldsJson, JsonPath, JsonScalar};
pub use list::IntoList;
pub use logic::{Condition, Joined};
pub use mode::{
    All, AllNullable, Columns, Flavor, Grouped, GroupedNullable, Groups, Insert, InsertColumn, Mode,
    NotGrouped, Nullable, Place, Places, Required, Rows, Whole,
};
pub use node::{Alias, Found, Node, OverRows};
pub use operand::{IntoExpr, KeyValue, Set};
pub use optional::{Conditions, OptionalCondition, all_of, any_of};
pub(crate) use order::{By, Nulls};
pub use order::{Order, Orders};
pub use text::{Collation, Pattern};
pub use window::{
    Picked, Ranked, Window, WindowKind, cume_dist, dense_rank, first_value, lag, lag_by, last_value, lead,
    lead_by, nth_value, ntile, percent_rank, rank, row_number,
};

pub(crate) use node::{call, infix, sequence, sql};
