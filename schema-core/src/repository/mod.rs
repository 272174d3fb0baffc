//! Typed reading and writing of one table.

mod check;
mod delete;
mod fields;
mod find;
mod get_or_insert;
mod insert;
mod insert_from;
mod insert_many;
mod new_row;
mod patch;
mod repository;
mod save;
mod text;
mod update;
mod upsert;
mod view;
mod violation;

pub use check::{CheckOutcome, FieldCheck, checked, validate_new, validate_update};
pub use fields::{FieldError, Fields};
pub use insert_from::{FilledColumns, FitInto};
pub use new_row::{Filled, IntoNew, NewFields, NewRow};
pub use patch::{Patch, Update, deserialize_update, set};
pub use repository::Repository;
pub use upsert::{Upsert, UpsertOn, UpsertThen};
pub use view::ViewRepository;

pub(crate) use update::SetList;
pub(crate) use violation::violation_in;
