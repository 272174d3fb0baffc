//! SQL as text: tokens with their offsets, statements, and the form in which two texts are compared.
//!
//! Text is never printed from a parse. It is cut and edited at the offsets of its tokens, so
//! whatever a person wrote between two tokens stays as it was.

pub(crate) mod affinity;
mod edit;
mod fold;
mod split;
mod token;
mod words;

pub use edit::{one_line, replace_name_after, strip_qualifier};
pub use fold::{Fold, fold};
pub use split::{Statement, statements};
pub use token::{Token, TokenKind, tokens, unquote};
pub use words::words;
