//! Databases that nobody would make on purpose.

mod bytes;
mod corpus;
mod database;
mod look;
mod text;

pub use database::write;
pub use look::{Sight, look};
