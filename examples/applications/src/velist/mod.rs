//! A list of tasks.

mod models;
mod queries;

pub use models::*;
pub use queries::{Board, TaskOfUser};
