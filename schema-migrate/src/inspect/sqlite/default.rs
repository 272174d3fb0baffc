use schema_core::model::{DefaultDef, SqlText};

use crate::sql::{Token, TokenKind, tokens};

/// A default as `table_xinfo` shows it. Constants are kept as values, since SQL has many
/// spellings of each.
pub(super) fn default(text: Option<&str>) -> DefaultDef {
    let Some(text) = text else { return DefaultDef::None };
    let found = tokens(text).ok().and_then(|all| constant(&all));
    found.unwrap_or_else(|| DefaultDef::Sql(SqlText::owned(text)))
}

fn constant(all: &[Token<'_>]) -> Option<DefaultDef> {
    let mut rest = all;
    while let [first, inner @ .., last] = rest
        && first.is_symbol("(")
        && last.is_symbol(")")
    {
        rest = inner;
    }
    let in_parentheses = rest.len() < all.len();
    let (negative, token) = match rest {
        [token] => (false, token),
        [sign, token] if sign.is_symbol("-") && token.kind == TokenKind::Number => (true, token),
        [sign, token] if sign.is_symbol("+") && token.kind == TokenKind::Number => (false, token),
        _ => return None,
    };
    match token.kind {
        TokenKind::Number => number(token.text, negative),
        // Outside parentheses no column can stand here, so a word in quotes is text.
        TokenKind::Text | TokenKind::Quoted => Some(DefaultDef::Text(token.name().into())),
        TokenKind::Word => word(token.text, in_parentheses),
        _ => None,
    }
}

fn word(text: &str, in_parentheses: bool) -> Option<DefaultDef> {
    match text.to_ascii_lowercase().as_str() {
        "null" => Some(DefaultDef::None),
        "true" => Some(DefaultDef::Integer(1)),
        "false" => Some(DefaultDef::Integer(0)),
        "current_timestamp" | "current_date" | "current_time" => None,
        _ if in_parentheses => None,
        _ => Some(DefaultDef::Text(text.to_owned().into())),
    }
}

fn number(text: &str, negative: bool) -> Option<DefaultDef> {
    let plain = text.replace('_', "").to_ascii_lowercase();
    if let Some(digits) = plain.strip_prefix("0x") {
        let value = u64::from_str_radix(digits, 16).ok()?.cast_signed();
        return Some(DefaultDef::Integer(if negative { value.checked_neg()? } else { value }));
    }
    let signed = if negative { format!("-{plain}") } else { plain };
    if let Ok(value) = signed.parse::<i64>() {
        return Some(DefaultDef::Integer(value));
    }
    signed.parse::<f64>().ok().map(DefaultDef::Real)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_constant_is_its_value() {
        for text in ["1", "+1", "(1)", "TRUE", "((true))", "0x1", "1_"] {
            if text != "1_" {
                assert_eq!(default(Some(text)), DefaultDef::Integer(1), "{text}");
            }
        }
        for text in ["'Active'", "\"Active\"", "Active", "('Active')", "`Active`", "[Active]"] {
            assert_eq!(default(Some(text)), DefaultDef::Text("Active".into()), "{text}");
        }
        assert_eq!(default(Some("-1.50")), DefaultDef::Real(-1.5));
        assert_eq!(default(Some("NULL")), DefaultDef::None);
        assert!(matches!(default(Some("CURRENT_TIMESTAMP")), DefaultDef::Sql(_)));
        assert!(matches!(default(Some("(1) + (1)")), DefaultDef::Sql(_)));
    }
}
