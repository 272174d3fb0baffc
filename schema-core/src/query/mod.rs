//! Typed queries.
//!
//! A query is a value: it holds a statement tree and no connection, so it can be built in one place,
//! extended in another and run on any handle. Its Rust type names its tables and never changes as
//! filters are added.

mod change;
mod collect;
mod cte;
mod cursor;
mod dynamic;
mod group;
mod hooked;
mod json_each;
mod misplaced;
mod on;
mod page;
mod place;
mod plan;
mod query;
mod raw;
mod read_only;
mod relation;
mod run;
mod scope;
mod search;
mod select;
mod selected;
mod selection;
mod set_operation;
mod subquery;
mod tree;
mod writer;

pub use change::{Assigned, ChangeQuery, DeleteQuery, Returning, Unset, UpdateQuery};
pub use cte::{Cte, NamesColumns};
pub use cursor::Cursor;
pub use dynamic::{
    Allowed, Comparison, Criterion, DynamicColumn, Named, NamedPages, NamedRow, NamedSelect, Wanted,
};
pub use group::GroupBy;
pub use json_each::{JsonArray, JsonEach, JsonEachColumns, json_each};
pub use on::On;
pub use page::{IntoCursor, Page, Paged};
pub use plan::{AsSql, Explain, Plan, assert_uses_index};
pub use query::{Joins, Query};
pub use raw::{Parameter, RawRow, RawSql, SqlArguments, sql, sql_at_run_time, sql_expr};
pub use relation::{
    Cardinality, Loaded, LoadedWithin, Loads, Many, Nested, One, Optional, PagedWith, Related,
    TooManyRelations, WithQuery,
};
#[doc(hidden)]
pub use scope::Placed;
pub use scope::{Elem, InSchema, Left, Reads, Scope, TooManyTables, Within};
pub use select::Select;
#[doc(hidden)]
pub use selected::Part;
#[doc(hidden)]
pub use selection::Selects;
pub use selection::{Choice, Gives, Selection, WholeRow};
pub use set_operation::Both;
pub use subquery::{
    FindsRows, GivesColumn, GivesRow, OneColumn, RowExpr, RowOf, RowTypes, RowValue, exists, row, scalar,
};
pub use tree::SelectTree;

pub(crate) use dynamic::expected_in;
pub(crate) use run::{execute, explain_cell, fetch_all, fetch_first};
pub(crate) use writer::{Statement, Writer};
