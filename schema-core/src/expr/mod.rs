//! Typed expressions.
//!
//! An expression carries the Rust type of its value and nothing of the statement that it will stand
//! in: `Expr<i64>` is the same type in a filter, in a join and in an UPDATE.

mod arithmetic;
mod assign;
mod column;
mod compare;
mod expression;
mod full_text;
mod list;
mod logic;
mod mode;
mod node;
mod operand;
mod order;
mod text;

pub use assign::{Assign, Assignments, FitsIn, Given, IntoSet};
pub use column::{
    Col, ColumnKind, ColumnRef, Computed, Generated, IsUnique, IsWritable, Kind, Plain, Unique, UniqueKey,
    UniqueSet,
};
pub use expression::{AsExpr, Expr};
pub use full_text::{FullText, search, words, words_beginning};
pub use list::IntoList;
pub use logic::Condition;
pub use mode::{
    Columns, Flavor, Grouped, GroupedNullable, Groups, Insert, InsertColumn, Mode, NotGrouped, Nullable,
    Place, Places, Required, Rows,
};
pub use node::{Alias, Found, Node};
pub use operand::{IntoExpr, KeyValue, Set};
pub use order::{Order, Orders};

pub(crate) use node::{call, infix, sequence, sql};
