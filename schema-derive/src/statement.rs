//! What a whole SQL statement in an attribute creates.

use syn::LitStr;

use crate::errors::Errors;

/// The kind of object that a statement creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Table,
    VirtualTable,
    View,
    Index,
    Trigger,
}

impl Kind {
    /// The kind with its article, for a message.
    pub(crate) fn described(self) -> &'static str {
        match self {
            Self::Table => "a table",
            Self::VirtualTable => "a virtual table",
            Self::View => "a view",
            Self::Index => "an index",
            Self::Trigger => "a trigger",
        }
    }

    /// How its statement begins and goes on.
    fn example(self) -> &'static str {
        match self {
            Self::Table => "CREATE TABLE books (id INTEGER PRIMARY KEY, ..)",
            Self::VirtualTable => "CREATE VIRTUAL TABLE places USING rtree(..)",
            Self::View => "CREATE VIEW top_authors AS SELECT ..",
            Self::Index => "CREATE INDEX books_title ON books (title)",
            Self::Trigger => "CREATE TRIGGER books_audit AFTER UPDATE ON books BEGIN .. END",
        }
    }
}

/// What a `CREATE` statement says in its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Created {
    pub(crate) kind: Kind,
    pub(crate) name: String,
    /// The table of an index or a trigger.
    pub(crate) on: Option<String>,
    pub(crate) temporary: bool,
}

/// Reads the head of a statement; nothing where it is no `CREATE` of one of the kinds.
pub(crate) fn created(sql: &str) -> Option<Created> {
    let mut tokens = Tokens(sql);
    if !tokens.next()?.is("CREATE") {
        return None;
    }
    let (mut temporary, mut is_virtual) = (false, false);
    let kind = loop {
        let word = tokens.next()?;
        match word {
            _ if word.is("TEMP") || word.is("TEMPORARY") => temporary = true,
            _ if ["UNIQUE", "OR", "REPLACE", "CONSTRAINT"].iter().any(|other| word.is(other)) => {}
            _ if word.is("VIRTUAL") => is_virtual = true,
            _ if word.is("TABLE") && is_virtual => break Kind::VirtualTable,
            _ if word.is("TABLE") => break Kind::Table,
            _ if word.is("VIEW") => break Kind::View,
            _ if word.is("INDEX") => break Kind::Index,
            _ if word.is("TRIGGER") => break Kind::Trigger,
            _ => return None,
        }
    };
    let mut first = tokens.next()?;
    if first.is("IF") {
        let (not, exists) = (tokens.next()?, tokens.next()?);
        if !not.is("NOT") || !exists.is("EXISTS") {
            return None;
        }
        first = tokens.next()?;
    }
    let name = tokens.object(first)?;
    let on = match kind {
        Kind::Index | Kind::Trigger => {
            while !tokens.next()?.is("ON") {}
            let table = tokens.next()?;
            Some(tokens.object(table)?)
        }
        Kind::Table | Kind::VirtualTable | Kind::View => None,
    };
    Some(Created { kind, name, on, temporary })
}

/// The first word of a statement, behind its comments.
pub(crate) fn first_word(sql: &str) -> Option<String> {
    match Tokens(sql).next()? {
        Token::Word(word) => Some(word),
        Token::Quoted(_) | Token::Other | Token::Dot => None,
    }
}

/// What a statement creates, which has to be of this kind.
pub(crate) fn expect(text: &LitStr, kind: Kind, errors: &Errors) -> Option<Created> {
    let found = created(&text.value()).filter(|created| created.kind == kind);
    let Some(found) = found else {
        errors.at(
            text,
            format_args!("{} is written as a whole statement: `{}`", kind.described(), kind.example()),
        );
        return None;
    };
    if found.temporary {
        errors.at(
            text,
            format_args!(
                "{} of a schema is there for every connection: take `TEMP` away",
                found.kind.described()
            ),
        );
    }
    Some(found)
}

/// A name that was given beside a statement is the statement's.
pub(crate) fn agree(given: &LitStr, created: &Created, errors: &Errors) {
    if !given.value().eq_ignore_ascii_case(&created.name) {
        errors.at(
            given,
            format_args!("the statement creates `{}`: give it this name, or leave `name` away", created.name),
        );
    }
}

/// The words and names of SQL, without comments.
struct Tokens<'s>(&'s str);

#[derive(Clone, Debug)]
enum Token {
    Word(String),
    Quoted(String),
    Other,
    Dot,
}

impl Token {
    fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(word))
    }
}

impl Tokens<'_> {
    /// The rest of a name that begins with this token: `main.books` is `books`.
    fn object(&mut self, first: Token) -> Option<String> {
        let mut rest = Tokens(self.0);
        if let Some(Token::Dot) = rest.next() {
            self.next();
            let second = self.next()?;
            return self.object(second);
        }
        match first {
            Token::Word(name) | Token::Quoted(name) => Some(name),
            Token::Dot | Token::Other => None,
        }
    }

    fn skip(&mut self) {
        loop {
            self.0 = self.0.trim_start();
            let end = if self.0.starts_with("--") {
                self.0.find('\n')
            } else if self.0.starts_with("/*") {
                self.0.find("*/").map(|end| end + 2)
            } else {
                return;
            };
            self.0 = end.and_then(|end| self.0.get(end..)).unwrap_or_default();
        }
    }
}

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip();
        let first = self.0.chars().next()?;
        let close = match first {
            '"' | '`' | '\'' => Some(first),
            '[' => Some(']'),
            _ => None,
        };
        if let Some(close) = close {
            let (mut name, mut letters) = (String::new(), self.0.char_indices().skip(1).peekable());
            while let Some((at, letter)) = letters.next() {
                if letter != close {
                    name.push(letter);
                } else if close != ']' && letters.peek().is_some_and(|(_, next)| *next == close) {
                    letters.next();
                    name.push(close);
                } else {
                    self.0 = self.0.get(at + close.len_utf8()..).unwrap_or_default();
                    return Some(Token::Quoted(name));
                }
            }
            return None;
        }
        let is_word = |letter: char| {
            letter.is_ascii_alphanumeric() || matches!(letter, '_' | '$') || !letter.is_ascii()
        };
        let length = self.0.find(|letter| !is_word(letter)).unwrap_or(self.0.len());
        let (word, rest) = self.0.split_at(length.max(first.len_utf8()));
        self.0 = rest;
        Some(match word {
            "." => Token::Dot,
            _ if length == 0 => Token::Other,
            _ => Token::Word(word.to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(sql: &str) -> Option<(Kind, String, Option<String>)> {
        created(sql).map(|created| (created.kind, created.name, created.on))
    }

    #[test]
    fn a_statement_says_what_it_creates() {
        let some = |kind, name: &str, on: Option<&str>| Some((kind, name.to_owned(), on.map(str::to_owned)));
        for (sql, expected) in [
            ("CREATE TABLE books (id)", some(Kind::Table, "books", None)),
            (
                "create table if not exists main . \"my \"\"books\"\"\" (id)",
                some(Kind::Table, "my \"books\"", None),
            ),
            (
                "/* first */ CREATE -- then\n VIRTUAL TABLE [a b] USING fts5(x)",
                some(Kind::VirtualTable, "a b", None),
            ),
            ("CREATE VIEW größe AS SELECT 1", some(Kind::View, "größe", None)),
            ("CREATE UNIQUE INDEX `i` ON books(title)", some(Kind::Index, "i", Some("books"))),
            (
                "CREATE TRIGGER t INSTEAD OF UPDATE OF a, \"on\" ON main.v BEGIN SELECT 1; END",
                some(Kind::Trigger, "t", Some("v")),
            ),
            ("CREATE OR REPLACE TRIGGER t AFTER INSERT ON x", some(Kind::Trigger, "t", Some("x"))),
            ("SELECT 1", None),
            ("CREATE TABLE", None),
            ("CREATE TABLE \"open", None),
            ("CREATE INDEX i", None),
            ("", None),
        ] {
            assert_eq!(head(sql), expected, "{sql}");
        }
        assert!(created("CREATE TEMP TABLE t (a)").is_some_and(|created| created.temporary));
    }
}
