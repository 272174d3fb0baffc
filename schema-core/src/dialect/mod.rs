//! How an engine spells things.

mod identifier;
pub mod sqlite;

pub use identifier::{quote_identifier, quote_text};
