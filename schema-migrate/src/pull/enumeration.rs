//! `CHECK (c IN (..))` as a Rust type.

use super::model::{Enumeration, Model};
use super::name::{self, Names};
use super::rust_type::RustType;
use crate::sql::{TokenKind, tokens, unquote};

/// More variants than a person reads.
const VARIANTS: usize = 60;

/// A list of the values that a column may have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct InList {
    pub(super) column: String,
    pub(super) values: Values,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Values {
    /// 0 and 1, in this order.
    Boolean,
    Texts(Vec<String>),
}

/// Reads `c IN ('a', 'b')`, with or without parentheses around it.
pub(super) fn in_list(expression: &str) -> Option<InList> {
    let all = tokens(expression).ok()?;
    let mut rest = all.as_slice();
    while let [first, inner @ .., last] = rest
        && first.is_symbol("(")
        && last.is_symbol(")")
    {
        rest = inner;
    }
    let [column, word, open, list @ .., close] = rest else { return None };
    let is_name = matches!(column.kind, TokenKind::Word | TokenKind::Quoted);
    if !is_name || !word.is("IN") || !open.is_symbol("(") || !close.is_symbol(")") {
        return None;
    }
    let mut values = Vec::new();
    for (position, token) in list.iter().enumerate() {
        match (position % 2, token.kind) {
            (0, TokenKind::Text | TokenKind::Number) => values.push(token),
            (1, _) if token.is_symbol(",") => {}
            _ => return None,
        }
    }
    let column = column.name();
    if list.len() % 2 == 0 {
        return None;
    }
    if let [first, second] = values[..]
        && (first.text, second.text) == ("0", "1")
    {
        return Some(InList { column, values: Values::Boolean });
    }
    let texts: Option<Vec<String>> =
        values.iter().map(|token| (token.kind == TokenKind::Text).then(|| unquote(token.text))).collect();
    Some(InList { column, values: Values::Texts(texts?) })
}

/// Gives the field a type of these values, unless they make no sensible one.
pub(super) fn adopt(model: &mut Model<'_>, position: usize, values: Values, types: &mut Names) -> bool {
    let field = &model.fields[position];
    let in_foreign_key = model
        .live
        .foreign_keys
        .iter()
        .any(|key| key.columns.iter().any(|column| column.eq_ignore_ascii_case(&field.column.name)));
    if in_foreign_key || field.primary_key || field.unique || matches!(field.ty, RustType::Enum(_)) {
        return false;
    }
    let texts = match (values, &field.ty) {
        (Values::Boolean, RustType::Integer | RustType::Boolean) => {
            let field = &mut model.fields[position];
            (field.ty, field.unchecked) = (RustType::Boolean, false);
            return true;
        }
        (Values::Texts(texts), RustType::Text) => texts,
        _ => return false,
    };
    let sensible = |text: &String| text.bytes().any(|byte| byte.is_ascii_alphabetic()) && text.is_ascii();
    let repeated = (1..texts.len()).any(|at| texts[..at].contains(&texts[at]));
    if texts.len() > VARIANTS || !texts.iter().all(sensible) || repeated {
        return false;
    }
    let mut names = Names::of_types();
    let variants: Vec<(String, String)> = texts
        .into_iter()
        .map(|text| (names.take(&name::pascal(&text), "Value", |_| Vec::new()), text))
        .collect();
    let wanted = format!("{}{}", model.ident, name::pascal(&field.column.name));
    let ident = types.take(&wanted, "Value", |_| Vec::new());
    let doc = format!("What `{}` may be.", field.column.name.replace('`', "'"));
    model.fields[position].ty = RustType::Enum(model.enums.len());
    model.enums.push(Enumeration { ident, doc, variants });
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_texts_is_read_whatever_its_quotes() {
        let found = in_list("((\"status\" in ('to read', 'it''s')))").unwrap();
        assert_eq!(found.column, "status");
        assert_eq!(found.values, Values::Texts(vec!["to read".to_owned(), "it's".to_owned()]));
        assert_eq!(in_list("done IN (0,1)").unwrap().values, Values::Boolean);
        for text in [
            "a NOT IN ('x')",
            "a IN ()",
            "a IN ('x', 1)",
            "a IN (1, 0)",
            "a = 'x'",
            "a IN ('x') OR b",
            "t.a IN ('x')",
        ] {
            assert_eq!(in_list(text), None, "{text}");
        }
    }
}
