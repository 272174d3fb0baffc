use crate::plan::{Expectation, Level};
use crate::sql::{statements, tokens};
use crate::{Error, Result};

/// An expectation as a migration file holds it, in two comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileExpectation {
    /// What is expected.
    pub expectation: Expectation,
    /// The line of the file on which it begins, counted from 1.
    pub line: usize,
}

const FINDS: &str = "finds";

/// Reads the expectations of a part of a file: a comment `-- expects: ..` or `-- warns: ..`, and on
/// the next line `-- finds: SELECT ..`. `line` is the line of the file on which the part begins.
pub(super) fn read(text: &str, line: usize) -> Result<Vec<FileExpectation>> {
    let all = tokens(text)?;
    let mut found = Vec::new();
    let mut open: Option<(Level, String, usize)> = None;
    let mut offset = 0;
    for (position, written) in text.split_inclusive('\n').enumerate() {
        let at = line + position;
        let next = all.partition_point(|token| token.end <= offset);
        let inside = all.get(next).is_some_and(|token| token.start < offset);
        offset += written.len();
        let entry = if inside { None } else { entry(written) };
        match (open.take(), entry) {
            (None, Some((Word::Says(level), what))) => open = Some((level, what.to_owned(), at)),
            (Some((level, what, begun)), Some((Word::Finds, query))) => {
                let expectation = Expectation { what, query: query_of(query, at)?, level };
                found.push(FileExpectation { expectation, line: begun });
            }
            (Some((level, what, begun)), _) => {
                return Err(Error::failed(format!("`-- {}: {what}` has no query", level.word()))
                    .why("the next line is written `-- finds: SELECT ..`, and gives the rows for which it does not hold")
                    .place(begun.to_string())
                    .next("write the query, or take both lines away"));
            }
            (None, Some((Word::Finds, _))) => {
                return Err(Error::failed("`-- finds: ..` stands alone")
                    .why("the line above it says what is expected: `-- expects: ..`, or `-- warns: ..`")
                    .place(at.to_string())
                    .next("write what is expected, or take the line away"));
            }
            (None, None) => {}
        }
    }
    match open {
        None => Ok(found),
        Some((level, what, begun)) => {
            Err(Error::failed(format!("`-- {}: {what}` has no query", level.word())).place(begun.to_string()))
        }
    }
}

enum Word {
    Says(Level),
    Finds,
}

/// What a line says, where it is one of these comments.
fn entry(line: &str) -> Option<(Word, &str)> {
    let (word, value) = line.trim().strip_prefix("--")?.split_once(':')?;
    let levels = [Level::Required, Level::Told];
    let word = match (word.trim(), levels.into_iter().find(|level| level.word() == word.trim())) {
        (_, Some(level)) => Word::Says(level),
        (FINDS, None) => Word::Finds,
        _ => return None,
    };
    Some((word, value.trim()))
}

/// The query, which is one statement that reads.
fn query_of(text: &str, line: usize) -> Result<String> {
    let refused = |why: &str| {
        Error::failed("`-- finds: ..` is no query")
            .why(why)
            .place(line.to_string())
            .next("write one SELECT on this line, or take both lines away")
    };
    let found = statements(text).map_err(|error| refused(error.reason().unwrap_or_else(|| error.what())))?;
    let [query] = found.as_slice() else { return Err(refused("there is one statement on the line")) };
    let all = tokens(query.text)?;
    if !all.first().is_some_and(|first| first.is("SELECT") || first.is("WITH")) {
        return Err(refused("it begins with SELECT, or WITH"));
    }
    Ok(query.text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again_and_a_literal_is_none_of_it() {
        let expectation = Expectation {
            what: "t.a holds no NULL".to_owned(),
            query: "SELECT id, a FROM t WHERE a IS NULL".to_owned(),
            level: Level::Required,
        };
        let told = Expectation { level: Level::Told, ..expectation.clone() };
        let text = format!(
            "\n-- a note: to readers\n{}SELECT '\n-- finds: nothing\n';\n{}",
            expectation.text(),
            told.text().replace("-- ", "  --").replace('\n', ";\n").replace("NULL;\n  --f", "NULL\n  --f")
        );
        let found = read(&text, 10).unwrap();
        assert_eq!(found[0], FileExpectation { expectation, line: 12 });
        assert_eq!(found[1], FileExpectation { expectation: told, line: 17 });
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn half_of_one_is_an_error_with_its_line() {
        for (text, line) in [
            ("\n-- expects: a\nSELECT 1;\n", "2"),
            ("-- finds: SELECT 1\n", "1"),
            ("-- warns: a\n-- warns: b\n-- finds: SELECT 1\n", "1"),
            ("-- expects: a", "1"),
            ("-- expects: a\n-- finds: DELETE FROM t\n", "2"),
            ("-- expects: a\n-- finds: SELECT 1; SELECT 2\n", "2"),
            ("-- expects: a\n-- finds:\n", "2"),
        ] {
            assert_eq!(read(text, 1).unwrap_err().location(), Some(line), "{text}");
        }
    }
}
