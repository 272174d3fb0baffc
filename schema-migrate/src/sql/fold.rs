use super::{Token, TokenKind, tokens};
use crate::Result;

/// How to fold a text: what the names in it can mean.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fold<'a> {
    /// The table that the text belongs to; its name in front of a column says nothing.
    pub table: Option<&'a str>,
    /// The columns of that table, where the text can name no others: any other word in double
    /// quotes is then text, as SQLite reads it.
    pub columns: Option<&'a [&'a str]>,
}

/// The form in which two texts are compared: case, quotes, layout, comments, outer parentheses,
/// the table's own name in front of its columns and two spellings of one operator do not count.
pub fn fold(text: &str, context: Fold<'_>) -> Result<String> {
    let all = tokens(text)?;
    let rest = without_outer_parentheses(&all);
    let mut folded = String::with_capacity(text.len());
    let mut position = 0;
    while position < rest.len() {
        let token = rest[position];
        if is_own_qualifier(rest, position, context) {
            position += 2;
            continue;
        }
        if !folded.is_empty() {
            folded.push(' ');
        }
        push(&mut folded, rest, position, token, context);
        position += 1;
    }
    Ok(folded)
}

fn push(folded: &mut String, all: &[Token<'_>], position: usize, token: Token<'_>, context: Fold<'_>) {
    match token.kind {
        TokenKind::Word => {
            let is_column = context.columns.is_some_and(|columns| contains(columns, token.text));
            match token.text.to_ascii_lowercase().as_str() {
                "true" if !is_column => folded.push('1'),
                "false" if !is_column => folded.push('0'),
                word => folded.push_str(word),
            }
        }
        TokenKind::Quoted => {
            let name = token.name();
            if token.text.starts_with('"') && is_text(all, position, &name, context) {
                folded.push_str(&schema_core::dialect::quote_text(&name));
            } else {
                // A name that is no plain word keeps quotes, or `"a b"` would equal `a b`.
                let plain =
                    name.chars().all(|character| character.is_alphanumeric() || "_$".contains(character));
                let name = name.to_ascii_lowercase();
                if plain && !name.is_empty() {
                    folded.push_str(&name);
                } else {
                    folded.push_str(&schema_core::dialect::quote_identifier(&name));
                }
            }
        }
        TokenKind::Text | TokenKind::Parameter => folded.push_str(token.text),
        TokenKind::Number => folded.push_str(&token.text.to_ascii_lowercase().replace('_', "")),
        TokenKind::Blob => folded.push_str(&token.text.to_ascii_lowercase()),
        TokenKind::Symbol => folded.push_str(match token.text {
            "==" => "=",
            "!=" => "<>",
            symbol => symbol,
        }),
    }
}

/// Whether a word in double quotes is text: it names nothing that could stand here.
fn is_text(all: &[Token<'_>], position: usize, name: &str, context: Fold<'_>) -> bool {
    let Some(columns) = context.columns else { return false };
    let beside = |offset: Option<usize>, symbol: &str| {
        offset.and_then(|offset| all.get(offset)).is_some_and(|token| token.is_symbol(symbol))
    };
    let after_collate = position.checked_sub(1).is_some_and(|before| all[before].is("COLLATE"));
    let rowid = ["rowid", "_rowid_", "oid"];
    !contains(columns, name)
        && !contains(&rowid, name)
        && !after_collate
        && !beside(position.checked_sub(1), ".")
        && !beside(Some(position + 1), ".")
        && !beside(Some(position + 1), "(")
}

fn is_own_qualifier(all: &[Token<'_>], position: usize, context: Fold<'_>) -> bool {
    let Some(table) = context.table else { return false };
    matches!(all[position].kind, TokenKind::Word | TokenKind::Quoted)
        && all[position].names(table)
        && all.get(position + 1).is_some_and(|token| token.is_symbol("."))
        && !position.checked_sub(1).is_some_and(|before| all[before].is_symbol("."))
}

/// The tokens inside the parentheses that enclose all of them.
fn without_outer_parentheses<'t, 'a>(all: &'t [Token<'a>]) -> &'t [Token<'a>] {
    let mut open = Vec::new();
    let mut closes = vec![None; all.len()];
    for (position, token) in all.iter().enumerate() {
        if token.is_symbol("(") {
            open.push(position);
        } else if token.is_symbol(")")
            && let Some(opened) = open.pop()
        {
            closes[opened] = Some(position);
        }
    }
    let mut rest = 0..all.len();
    while rest.len() > 1 && closes[rest.start] == Some(rest.end - 1) {
        rest = rest.start + 1..rest.end - 1;
    }
    &all[rest]
}

fn contains(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> String {
        fold(text, Fold { table: Some("t"), columns: Some(&["a", "b c"]) }).unwrap()
    }

    #[test]
    fn what_says_the_same_folds_to_the_same() {
        let form = folded("a = 'X' AND a <> 1");
        for text in [
            "((\"a\" == 'X' and [A] != TRUE))",
            "t.a='X'/* why */AND\n\"T\".`a` <>1 -- end",
            "a = \"X\" AND a <> 1",
        ] {
            assert_eq!(folded(text), form, "{text}");
        }
    }

    #[test]
    fn what_says_something_else_folds_to_something_else() {
        assert_ne!(folded("a = 'X'"), folded("a = 'x'"));
        assert_ne!(folded("a = \"X\""), folded("a = \"x\""));
        assert_ne!(folded("(a) + (1)"), folded("a) + (1"));
        assert_ne!(folded("\"b c\" > 1"), folded("b c > 1"));
        assert_ne!(folded("a"), folded("'a'"));
    }
}
