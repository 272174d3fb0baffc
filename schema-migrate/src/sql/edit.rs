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
    fn only_the_tables_own_name_is_taken_off_its_columns() {
        let text = "CHECK (t.a > 0 AND \"T\".b = 't.a' AND u.t > 1)";
        assert_eq!(strip_qualifier(text, "t").unwrap(), "CHECK (a > 0 AND b = 't.a' AND u.t > 1)");
    }
}
