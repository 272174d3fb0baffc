//! Folds applied revisions into one file that old databases count as applied and new ones are built from.

mod content;
mod request;

pub use request::{SquashRequest, Squashed, squash};
