use crate::sql::{Statement, Token, statements, tokens};
use crate::{Error, Result};

/// One statement of a migration file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileStatement {
    /// The text, without its closing semicolon.
    pub sql: String,
    /// The line of the file that it begins on, counted from 1.
    pub line: usize,
}

impl FileStatement {
    /// The first words of the statement, upper-cased: enough to tell what it does.
    pub(crate) fn words(&self) -> Vec<String> {
        let all = tokens(&self.sql).unwrap_or_default();
        all.iter().take(8).map(|token| token.text.to_ascii_uppercase()).collect()
    }
}

/// Cuts a part of a file into its statements. `line` is the line of the file on which it begins.
pub(super) fn cut(text: &str, line: usize, no_transaction: bool) -> Result<Vec<FileStatement>> {
    let all = tokens(text)?;
    let mut found = Vec::new();
    for statement in statements(text)? {
        let at = line + statement.line - 1;
        if !is_whole(text, &all, &statement) {
            return Err(half_written("a statement has no closing semicolon").place(at.to_string()));
        }
        refuse(statement.text, at, no_transaction)?;
        found.push(FileStatement { sql: statement.text.to_owned(), line: at });
    }
    Ok(found)
}

/// Whether a semicolon closes the statement; a trigger without END runs on to the end of the text
/// and takes its last semicolon with it.
fn is_whole(text: &str, all: &[Token<'_>], statement: &Statement<'_>) -> bool {
    let end = statement.start + statement.text.len();
    let next = all.iter().find(|token| token.start >= end);
    !text[..end].ends_with(';') && next.is_some_and(|token| token.is_symbol(";"))
}

/// What the runner does itself may not stand in a file.
fn refuse(sql: &str, line: usize, no_transaction: bool) -> Result<()> {
    let all = tokens(sql)?;
    let word = |position: usize, word: &str| all.get(position).is_some_and(|token| token.is(word));
    let (why, next) = if word(0, "VACUUM") && all.iter().any(|token| token.is("INTO")) {
        (
            "it would write a file wherever the migrations are replayed",
            "take it out of the file; db-backup makes copies",
        )
    } else if no_transaction && word(0, "DROP") && word(1, "TABLE") {
        (
            "what drops or replaces tables belongs into a transaction",
            "put it into a migration of its own: db-generate --empty",
        )
    } else if word(0, "ATTACH") || word(0, "DETACH") {
        (
            "a migration works on one database",
            "take it out of the file; a Rust step, or the application, brings rows from another database",
        )
    } else if word(0, "BEGIN") || word(0, "COMMIT") || word(0, "END") {
        (
            "every migration runs in one transaction, which the runner opens and commits",
            "take it out of the file; what is to be committed by itself is a migration of its own \
             (db-generate --empty)",
        )
    } else if word(0, "ROLLBACK") && !all.iter().any(|token| token.is("TO")) {
        (
            "it would undo the whole migration",
            "take it out of the file: the runner rolls back when a statement fails",
        )
    } else if word(0, "VACUUM") && !no_transaction {
        (
            "it cannot run inside a transaction, and every migration is one",
            "`-- transaction: off` in the header of a migration of its own lets its statements run alone",
        )
    } else if word(0, "PRAGMA") && all.iter().any(|token| token.is("foreign_keys")) {
        (
            "it has no effect inside a transaction",
            "write `-- needs: foreign_keys=off` into the header instead",
        )
    } else {
        return Ok(());
    };
    let first = all.first().map_or("", |token| token.text).to_ascii_uppercase();
    Err(Error::failed(format!("`{first}` has no place in a migration"))
        .why(why)
        .place(line.to_string())
        .next(next))
}

pub(super) fn half_written(why: &str) -> Error {
    Error::failed("the migration file is not whole")
        .why(why)
        .next("restore the file, or write what is missing")
}
