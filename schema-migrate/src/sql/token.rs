use sqlite3_parser::lexer::Scanner;
use sqlite3_parser::lexer::sql::{Error as ScanError, Tokenizer};

use crate::{Error, Result};

/// A token and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// What it is.
    pub kind: TokenKind,
    /// The text as it was written, quotes included.
    pub text: &'a str,
    /// Offset of the first byte.
    pub start: usize,
    /// Offset behind the last byte.
    pub end: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A bare word: a keyword or a name.
    Word,
    /// A word in double quotes, backquotes or brackets.
    Quoted,
    /// A text literal.
    Text,
    /// A blob literal.
    Blob,
    /// A number.
    Number,
    /// A parameter.
    Parameter,
    /// An operator or a punctuation mark.
    Symbol,
}

impl Token<'_> {
    /// Whether this is the bare word.
    pub fn is(&self, word: &str) -> bool {
        self.kind == TokenKind::Word && self.text.eq_ignore_ascii_case(word)
    }

    /// Whether this is the operator or punctuation mark.
    pub fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == TokenKind::Symbol && self.text == symbol
    }

    /// Whether a name may be written like this. SQLite takes a text literal for a name in many places.
    pub fn may_be_name(&self) -> bool {
        matches!(self.kind, TokenKind::Word | TokenKind::Quoted | TokenKind::Text)
    }

    /// The name that this token writes, without its quotes.
    pub fn name(&self) -> String {
        unquote(self.text)
    }

    /// Whether this token writes the name, compared as SQL does.
    pub fn names(&self, name: &str) -> bool {
        self.may_be_name() && self.name().eq_ignore_ascii_case(name)
    }
}

/// The tokens of a text, without comments and space.
pub fn tokens(text: &str) -> Result<Vec<Token<'_>>> {
    let mut scanner = Scanner::new(Tokenizer::new());
    let mut found = Vec::new();
    loop {
        match scanner.scan(text.as_bytes()) {
            Ok((start, Some(_), end)) => {
                // The scanner cuts at ASCII bytes only, so this is always a whole piece of text.
                let Some(token) = text.get(start..end) else {
                    return Err(unreadable(text, "a broken character"));
                };
                found.push(Token { kind: kind(token), text: token, start, end });
            }
            Ok((_, None, _)) => return Ok(found),
            Err(error) => return Err(unscanned(text, &error)),
        }
    }
}

/// A name without the quotes around it.
pub fn unquote(text: &str) -> String {
    let mut characters = text.chars();
    let (Some(first), Some(last)) = (characters.next(), characters.next_back()) else {
        return text.to_owned();
    };
    match (first, last) {
        ('"', '"') => characters.as_str().replace("\"\"", "\""),
        ('`', '`') => characters.as_str().replace("``", "`"),
        ('\'', '\'') => characters.as_str().replace("''", "'"),
        ('[', ']') => characters.as_str().to_owned(),
        _ => text.to_owned(),
    }
}

fn kind(token: &str) -> TokenKind {
    let mut bytes = token.bytes();
    let first = bytes.next().unwrap_or(b' ');
    let second = bytes.next();
    match first {
        b'"' | b'`' | b'[' => TokenKind::Quoted,
        b'\'' => TokenKind::Text,
        b'x' | b'X' if second == Some(b'\'') => TokenKind::Blob,
        b'0'..=b'9' => TokenKind::Number,
        b'.' if second.is_some_and(|digit| digit.is_ascii_digit()) => TokenKind::Number,
        b'?' | b'$' | b'@' | b'#' | b':' => TokenKind::Parameter,
        b'_' | b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => TokenKind::Word,
        _ => TokenKind::Symbol,
    }
}

/// What the scanner stumbled over, with line and column as the place.
fn unscanned(text: &str, error: &ScanError) -> Error {
    let (why, position) = match error {
        ScanError::UnterminatedLiteral(position) => ("a literal or quoted name is not closed", position),
        ScanError::UnterminatedBracket(position) => ("a `[` is not closed", position),
        ScanError::UnterminatedBlockComment(position) => ("a `/*` is not closed", position),
        ScanError::BadVariableName(position) => ("a parameter has no name", position),
        ScanError::BadNumber(position) => ("a number is malformed", position),
        ScanError::ExpectedEqualsSign(position) => ("a `!` has no `=` behind it", position),
        ScanError::MalformedBlobLiteral(position) => ("a blob literal is malformed", position),
        ScanError::MalformedHexInteger(position) => ("a hexadecimal number is malformed", position),
        ScanError::UnrecognizedToken(position) => ("a character belongs to no SQL", position),
        _ => return unreadable(text, &error.to_string()),
    };
    let error = unreadable(text, why);
    match position {
        Some(position) => error.place(format!("{}:{}", position.line, position.column)),
        None => error,
    }
}

fn unreadable(text: &str, why: &str) -> Error {
    let shown: String = text.chars().take(80).collect();
    Error::failed(format!("this SQL cannot be read: {shown}")).why(why).state("nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_point_at_the_text_as_written() {
        let text = "SELECT [a b], \"c\"\"d\" /* x */ FROM t -- end";
        let found = tokens(text).unwrap();
        let texts: Vec<&str> = found.iter().map(|token| token.text).collect();
        assert_eq!(texts, ["SELECT", "[a b]", ",", "\"c\"\"d\"", "FROM", "t"]);
        assert!(found.iter().all(|token| &text[token.start..token.end] == token.text));
        assert_eq!(found[3].name(), "c\"d");
    }

    #[test]
    fn text_that_ends_too_early_is_an_error_and_no_panic() {
        for text in ["'abc", "\"abc", "[abc", "x'1", "/* abc", "1e", "!", "@"] {
            assert!(tokens(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_has_its_line_and_column() {
        let error = tokens("SELECT 1;\nSELECT 'open").unwrap_err();
        assert_eq!(error.location(), Some("2:8"));
        assert!(!error.to_string().contains("Pos"), "{error}");
    }

    #[test]
    fn a_lone_quote_is_no_quoted_name() {
        assert_eq!(unquote("'"), "'");
        assert_eq!(unquote("''"), "");
        assert_eq!(unquote("`a``b`"), "a`b");
    }
}
