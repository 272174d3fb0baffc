use std::ops::Range;

use crate::sql::Token;

/// Reads tokens one after the other.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'t, 'a> {
    pub(super) text: &'a str,
    tokens: &'t [Token<'a>],
    position: usize,
}

impl<'t, 'a> Cursor<'t, 'a> {
    pub(super) fn new(text: &'a str, tokens: &'t [Token<'a>]) -> Self {
        Self { text, tokens, position: 0 }
    }

    pub(super) fn peek(&self) -> Option<&'t Token<'a>> {
        self.tokens.get(self.position)
    }

    pub(super) fn next(&mut self) -> Option<&'t Token<'a>> {
        let token = self.tokens.get(self.position)?;
        self.position += 1;
        Some(token)
    }

    /// Where the next token starts, or the text ends.
    pub(super) fn start(&self) -> usize {
        self.peek().map_or(self.text.len(), |token| token.start)
    }

    /// Where the last token read ended.
    pub(super) fn end(&self) -> usize {
        self.position.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0, |token| token.end)
    }

    pub(super) fn is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| token.is(word))
    }

    /// Reads these bare words, or nothing.
    pub(super) fn words(&mut self, words: &[&str]) -> bool {
        let found = words.iter().enumerate().all(|(offset, word)| {
            self.tokens.get(self.position + offset).is_some_and(|token| token.is(word))
        });
        if found {
            self.position += words.len();
        }
        found
    }

    /// Reads a name.
    pub(super) fn name(&mut self) -> Option<String> {
        self.peek().filter(|token| token.may_be_name())?;
        self.next().map(Token::name)
    }

    /// Reads a group in parentheses and gives the tokens inside.
    pub(super) fn group(&mut self) -> Option<&'t [Token<'a>]> {
        self.peek().filter(|token| token.is_symbol("("))?;
        let first = self.position + 1;
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            if token.is_symbol("(") {
                depth += 1;
            } else if token.is_symbol(")") {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return self.tokens.get(first..self.position - 1);
                }
            }
        }
        None
    }

    /// Reads a group in parentheses and gives its text.
    pub(super) fn group_text(&mut self) -> Option<String> {
        let inner = self.group()?;
        let range = span(inner)?;
        self.text.get(range).map(str::to_owned)
    }
}

/// From the first token to the end of the last.
pub(crate) fn span(tokens: &[Token<'_>]) -> Option<Range<usize>> {
    Some(tokens.first()?.start..tokens.last()?.end)
}

/// The pieces between the commas that no parentheses enclose.
pub(crate) fn split_commas<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_usize;
    let mut pieces = Vec::new();
    let mut first = 0;
    for (position, token) in tokens.iter().enumerate() {
        if token.is_symbol("(") {
            depth += 1;
        } else if token.is_symbol(")") {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.is_symbol(",") {
            pieces.push(&tokens[first..position]);
            first = position + 1;
        }
    }
    pieces.push(&tokens[first..]);
    pieces
}
