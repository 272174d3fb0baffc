//! Stored definitions, taken apart at their tokens. Nothing here recurses, so a text cannot be
//! nested too deeply for it.

mod clause;
mod cursor;
mod index;
mod table;
mod virtual_table;

pub(crate) use clause::{Clause, Constraint, ForeignKeyText, KeyPart};
pub(crate) use cursor::{span, split_commas};
pub(crate) use index::IndexText;
pub(crate) use table::{ColumnText, TableText};
pub(crate) use virtual_table::{Content, VirtualTableText};
