use super::{Token, TokenKind, tokens};
use crate::{Error, Result};
use schema_core::dialect::quote_identifier;

/// A definition with another name: the name behind the first of these words is replaced, and a
/// schema's name in front of it goes.
pub fn replace_name_after(text: &str, word: &str, name: &str) -> Result<String> {
    let all = tokens(text)?;
    let missing = || Error::failed(format!("this definition has no {word}: {text}"));
    let mut position = all.iter().position(|token| token.is(word)).ok_or_else(missing)? + 1;
    let skipped = |position: usize, word: &str| all.get(position).is_some_and(|token| token.is(word));
    if skipped(position, "IF") && skipped(position + 1, "NOT") && skipped(position + 2, "EXISTS") {
        position += 3;
    }
    let start = all.get(position).ok_or_else(missing)?.start;
    if all.get(position + 1).is_some_and(|token| token.is_symbol(".")) {
        position += 2;
    }
    let end = all.get(position).ok_or_else(missing)?.end;
    Ok(format!("{}{}{}", &text[..start], quote_identifier(name), &text[end..]))
}

/// A definition without the table's own name in front of its columns. Under another name, which a
/// rebuilt table has for a while, `CHECK (t.a > 0)` means nothing.
pub fn strip_qualifier(text: &str, table: &str) -> Result<String> {
    let all = tokens(text)?;
    let mut edited = String::with_capacity(text.len());
    let mut kept = 0;
    for (position, token) in all.iter().enumerate() {
        let qualifies = matches!(token.kind, TokenKind::Word | TokenKind::Quoted)
            && token.names(table)
            && all.get(position + 1).is_some_and(|next| next.is_symbol("."))
            && !previous(&all, position).is_some_and(|before| before.is_symbol("."));
        if qualifies {
            edited.push_str(&text[kept..token.start]);
            kept = all[position + 1].end;
        }
    }
    edited.push_str(&text[kept..]);
    Ok(edited)
}

/// The text in one line and without comments, as it can stand in a comment itself. `None` where a
/// literal or a quoted name goes over several lines, or where it is no SQL.
pub fn one_line(text: &str) -> Option<String> {
    let mut line = String::with_capacity(text.len());
    let mut end = 0;
    for token in tokens(text).ok()? {
        let between = text.get(end..token.start)?;
        if between.contains(['\n', '\r', '-', '/']) {
            line.push(' ');
        } else {
            line.push_str(between);
        }
        if token.text.contains(['\n', '\r']) {
            return None;
        }
        line.push_str(token.text);
        end = token.end;
    }
    Some(line.trim().to_owned())
}

fn previous<'a, 'b>(all: &'b [Token<'a>], position: usize) -> Option<&'b Token<'a>> {
    position.checked_sub(1).and_then(|before| all.get(before))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gets_another_name_and_keeps_the_rest_as_written() {
        let text = "CREATE TABLE /* ours */ main.\"t\"(a -- first\n, CHECK(t.a > 0))";
        let renamed = replace_name_after(text, "TABLE", "new \"t\"").unwrap();
        assert_eq!(renamed, "CREATE TABLE /* ours */ \"new \"\"t\"\"\"(a -- first\n, CHECK(t.a > 0))");
    }

    #[test]
    fn a_text_in_one_line_says_the_same() {
        let text = "SELECT a -- first\n, 'b -- c' /* d */ FROM t\n\nWHERE  a>1";
        assert_eq!(
            one_line(text).as_deref(),
            Some("SELECT a , 'b -- c'   FROM t WHERE  a>1".replace("   ", " ").as_str())
        );
        assert_eq!(one_line("SELECT 'a\nb'"), None);
    }

    #[test]
    fn only_the_tables_own_name_is_taken_off_its_columns() {
        let text = "CHECK (t.a > 0 AND \"T\".b = 't.a' AND u.t > 1)";
        assert_eq!(strip_qualifier(text, "t").unwrap(), "CHECK (a > 0 AND b = 't.a' AND u.t > 1)");
    }
}
