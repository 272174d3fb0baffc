//! Rows that belong to others by a foreign key: as conditions of a query, and loaded beside its rows.
//!
//! A relation is a query that the derive has tied to a row: `a.books()`. Loading takes one query a
//! relation, whatever the number of rows; nothing is ever read when a field is looked at.

mod cardinality;
mod load;
mod page;
mod related;
#[cfg(test)]
mod tests;
mod with;

pub use cardinality::{Cardinality, Many, One, Optional};
pub use load::{Loads, Nested, TooManyRelations};
pub use page::PagedWith;
pub use related::Related;
pub use with::{Loaded, LoadedWithin, WithQuery};
