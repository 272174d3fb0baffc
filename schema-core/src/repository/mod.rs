//! Typed reading and writing of one table.

mod calls;
mod check;
mod delete;
mod deleted_in_the_way;
mod fields;
mod find;
mod get_or_insert;
mod hooked;
mod hooks;
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

pub use calls::{HookFns, hooks_of};
pub use check::{CheckOutcome, FieldCheck, checked, join_checks, validate_new, validate_update};
pub use fields::{FieldError, Fields};
pub use hooks::{Change, HasHooks, Hooks};
pub use insert_from::{FilledColumns, FitInto};
pub use new_row::{Filled, IntoNew, NewFields, NewRow};
pub use patch::{Patch, Update, deserialize_update, set};
pub use repository::Repository;
pub use upsert::{Upsert, UpsertOn, UpsertThen};
pub use view::ViewRepository;

pub(crate) use calls::{Calls, hooks_in};
pub(crate) use hooked::RowKey;
pub(crate) use text::{columns as column_list, where_key_of};
pub(crate) use update::SetList;
pub(crate) use violation::{assigned, explain_change, explain_delete, explain_update, violation_in};
