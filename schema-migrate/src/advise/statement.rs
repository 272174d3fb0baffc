use std::fmt;

use crate::sql::{Token, statements, tokens};
use crate::{Error, Result};

/// A statement whose plan is asked for. It is never run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Where it comes from.
    pub kind: StatementKind,
    /// What a person calls it: the name of a query, view or trigger, `report.sql:3`.
    pub name: String,
    /// Its text.
    pub sql: String,
}

/// Where a statement comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatementKind {
    /// The program has registered it.
    Query,
    /// A person has given its text.
    Sql,
    /// It is a view.
    View,
    /// It is in a trigger.
    Trigger,
}

impl StatementKind {
    /// `query`, `sql`, `view` or `trigger`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Sql => "sql",
            Self::View => "view",
            Self::Trigger => "trigger",
        }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            StatementKind::Sql => formatter.write_str(&self.name),
            kind => write!(formatter, "{} `{}`", kind.as_str(), self.name),
        }
    }
}

/// The statements of a text that a person gives: a name for each from the line that it stands on.
///
/// # Errors
/// The text cannot be read, has no statement, or one that is neither a SELECT nor an UPDATE nor a DELETE.
pub fn read_statements(text: &str, name: impl Fn(usize) -> String) -> Result<Vec<Statement>> {
    let found = statements(text).map_err(|error| error.with_kind(crate::ErrorKind::Usage))?;
    let refused = |what: String| Error::usage(what).state("nothing was changed");
    if found.is_empty() {
        return Err(refused(format!("{} holds no statement", name(1))));
    }
    let read = found.into_iter().map(|statement| {
        let all = tokens(statement.text)?;
        if is_explained(&all) {
            let name = name(statement.line);
            return Ok(Statement { kind: StatementKind::Sql, name, sql: statement.text.to_owned() });
        }
        let word = all.first().map_or("", |token| token.text);
        Err(refused(format!("no plan is asked for a statement that begins with `{word}`"))
            .why("a SELECT, an UPDATE and a DELETE find rows by a plan")
            .place(name(statement.line)))
    });
    read.collect()
}

/// Whether it is a SELECT, an UPDATE or a DELETE, perhaps behind a WITH.
fn is_explained(all: &[Token<'_>]) -> bool {
    const EXPLAINED: [&str; 3] = ["SELECT", "UPDATE", "DELETE"];
    let is_explained = |token: &Token<'_>| EXPLAINED.iter().any(|word| token.is(word));
    let Some(first) = all.first() else { return false };
    if !first.is("WITH") {
        return is_explained(first);
    }
    let mut depth = 0_usize;
    let verb = all.iter().find(|token| {
        depth += usize::from(token.is_symbol("("));
        depth = depth.saturating_sub(usize::from(token.is_symbol(")")));
        let writes = ["INSERT", "REPLACE"].iter().any(|word| token.is(word));
        depth == 0 && (is_explained(token) || writes)
    });
    verb.is_some_and(is_explained)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_into_named_statements() {
        let text = "-- books\nSELECT * FROM books;\n\nWITH a AS (SELECT 1) DELETE FROM books WHERE id IN a;";
        let read = read_statements(text, |line| format!("a.sql:{line}")).unwrap();
        let names: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["a.sql:2", "a.sql:4"]);
        assert_eq!(read[0].sql, "SELECT * FROM books");
    }

    #[test]
    fn what_has_no_plan_of_its_own_is_refused() {
        for (text, word) in [
            ("DROP TABLE books", "`DROP`"),
            ("INSERT INTO a VALUES (1)", "`INSERT`"),
            ("WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a", "`WITH`"),
            ("SELECT 1; PRAGMA optimize", "`PRAGMA`"),
            ("-- nothing", "no statement"),
            ("SELECT 'open", "cannot be read"),
        ] {
            let error = read_statements(text, |line| format!("line {line}")).unwrap_err();
            assert!(error.what().contains(word), "{text}: {error}");
            assert_eq!(error.kind().exit_code(), 2, "{text}");
        }
    }
}
