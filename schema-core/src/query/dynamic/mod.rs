//! Columns, filters and orders that are chosen at run time, from a list of what may be chosen.

mod comparison;
mod facts;
mod named;
mod rows;

pub use comparison::{Comparison, Criterion};
pub(super) use facts::Facts;
pub use facts::Wanted;
pub(crate) use facts::expected_in;
pub use named::{Allowed, DynamicColumn, Named};
pub use rows::{NamedPages, NamedRow, NamedSelect};
