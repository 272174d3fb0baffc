//! Rust source, laid out as rustfmt does.

mod attribute;
mod import;
mod literal;
mod root;
mod table;
mod view;

pub(super) use literal::literal;
pub(super) use root::{Part, folder, root};
pub(super) use table::table;
pub(super) use view::view;

/// The longest line that rustfmt leaves alone.
const WIDTH: usize = 100;

/// The longest list of words that rustfmt leaves on one line of an attribute.
const WORDS: usize = 70;
