//! What is checked before anything is changed: each check has a name and an outcome, and all that fail
//! are told together.

mod check;
mod checks;
mod database;
mod history;
mod missing;
mod place;
mod space;
mod tables;

pub use check::{Check, CheckName, CheckOutcome};
pub(crate) use checks::Checks;
pub(in crate::run) use checks::Found;
pub(crate) use database::database;
pub(super) use database::{sound, whole};
pub(super) use history::{history, newer};
pub(crate) use missing::missing;
pub(super) use place::place;
pub(super) use space::{Copies, space};
pub(super) use tables::{Placed, tables};
