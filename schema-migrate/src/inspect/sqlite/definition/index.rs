use super::cursor::{Cursor, span, split_commas};
use crate::sql::{Token, tokens};
use crate::{Error, Result};

/// A `CREATE INDEX` text in its parts.
#[derive(Debug)]
pub(crate) struct IndexText {
    /// What is indexed, without ASC and DESC.
    pub(crate) parts: Vec<String>,
    /// The condition behind WHERE.
    pub(crate) filter: Option<String>,
}

impl IndexText {
    /// Takes a text apart that SQLite has accepted.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let all = tokens(text)?;
        let unreadable = || Error::failed(format!("this index definition cannot be read: {text}"));
        let open = all.iter().position(|token| token.is_symbol("(")).ok_or_else(unreadable)?;
        let mut cursor = Cursor::new(text, &all[open..]);
        let inner = cursor.group().ok_or_else(unreadable)?;
        let parts = split_commas(inner).into_iter().map(|piece| part(text, piece)).collect();
        let filter = if cursor.words(&["WHERE"]) {
            let (start, end) = (cursor.start(), all.last().map_or(text.len(), |token| token.end));
            text.get(start..end).map(str::to_owned)
        } else {
            None
        };
        Ok(Self { parts, filter })
    }
}

fn part(text: &str, piece: &[Token<'_>]) -> String {
    let ordered = piece.last().is_some_and(|token| token.is("ASC") || token.is("DESC"));
    let piece = if ordered { &piece[..piece.len() - 1] } else { piece };
    span(piece).and_then(|range| text.get(range)).unwrap_or_default().to_owned()
}
