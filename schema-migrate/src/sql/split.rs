use super::{Token, tokens};
use crate::Result;

/// One statement of a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement<'a> {
    /// The text from its first to its last token, without the closing semicolon.
    pub text: &'a str,
    /// Offset of the first byte in the script.
    pub start: usize,
    /// The line of the script that it begins on, counted from 1.
    pub line: usize,
}

/// Cuts a script into its statements. The semicolons inside a trigger's body cut nothing.
pub fn statements(script: &str) -> Result<Vec<Statement<'_>>> {
    let tokens = tokens(script)?;
    let mut found = Vec::new();
    let mut first = 0;
    let mut line = Line { offset: 0, number: 1 };
    while first < tokens.len() {
        let end = end_of_statement(&tokens, first);
        if end > first {
            let (start, stop) = (tokens[first].start, tokens[end - 1].end);
            found.push(Statement { text: &script[start..stop], start, line: line.at(script, start) });
        }
        first = end + 1;
    }
    Ok(found)
}

/// Index of the semicolon that ends the statement, or of the end of the script.
fn end_of_statement(tokens: &[Token<'_>], first: usize) -> usize {
    let trigger = is_trigger(&tokens[first..]);
    let mut position = first;
    while position < tokens.len() {
        if tokens[position].is_symbol(";") {
            // `; END ;` ends a trigger, as in the stock program: a CASE .. END follows no semicolon.
            let closes = !trigger
                || (position >= 2 && tokens[position - 1].is("END") && tokens[position - 2].is_symbol(";"));
            if closes {
                return position;
            }
        }
        position += 1;
    }
    position
}

fn is_trigger(tokens: &[Token<'_>]) -> bool {
    let mut words =
        tokens.iter().skip_while(|token| token.is("EXPLAIN") || token.is("QUERY") || token.is("PLAN"));
    if !words.next().is_some_and(|token| token.is("CREATE")) {
        return false;
    }
    match words.next() {
        Some(token) if token.is("TEMP") || token.is("TEMPORARY") => {
            words.next().is_some_and(|token| token.is("TRIGGER"))
        }
        Some(token) => token.is("TRIGGER"),
        None => false,
    }
}

struct Line {
    offset: usize,
    number: usize,
}

impl Line {
    fn at(&mut self, script: &str, offset: usize) -> usize {
        self.number += script[self.offset..offset].matches('\n').count();
        self.offset = offset;
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semicolons_in_literals_comments_and_triggers_cut_nothing() {
        let script = "-- a; b\nINSERT INTO t VALUES ('a;b');;\nCREATE TRIGGER g AFTER INSERT ON t BEGIN\n  \
                      SELECT CASE WHEN 1 THEN 2 END;\n  DELETE FROM t;\nEND;\nSELECT 1";
        let found = statements(script).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!((found[0].line, found[1].line, found[2].line), (2, 3, 7));
        assert!(found[1].text.ends_with("END"));
        assert_eq!(found[2].text, "SELECT 1");
    }

    #[test]
    fn a_script_of_comments_has_no_statement() {
        assert!(statements("-- nothing\n/* at all */ ;").unwrap().is_empty());
    }
}
