//! How an engine spells things.

mod identifier;

pub use identifier::{quote_identifier, quote_text};
