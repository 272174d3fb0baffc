//! Random schemas, rows and damage, and what has to hold for all of them.
//!
//! - [`Campaign`] makes pairs of schemas with rows ([`Case`]), goes from one to the other and back
//!   with the engine, and compares with what plain SQL and SQLite's own pragmas say. A case that
//!   fails is made small and prints as two SQL scripts.
//! - [`damage`] makes database files that nobody would make on purpose, and looks at them.

mod campaign;
mod case;
pub mod damage;
mod database;
mod filling;
mod generate;
mod kept;
mod kinds;
mod mutate;
mod names;
pub mod queries;
mod random;
mod reference;
mod schema;
mod shape;
mod shrink;
mod template;
mod trial;
mod write;

pub use campaign::{Campaign, Found, Tally};
pub use case::Case;
pub use filling::{Filled, Filling};
pub use kept::run_kept;
pub use random::Random;
pub use schema::{Column, Constraint, Generated, Index, Part, Rule, Schema, Table, Trigger, View};
pub use shrink::shrink;
pub use template::{Id, Template};
pub use trial::{Failure, Outcome, run};
