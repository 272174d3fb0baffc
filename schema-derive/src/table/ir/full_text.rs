use proc_macro2::Span;
use syn::{Ident, LitStr};

use super::words;
use crate::{
    attribute::{Item, Value},
    errors::Errors,
    table::attr,
};

/// A full-text index over columns of the table.
pub(crate) struct FullText {
    pub(crate) span: Span,
    pub(crate) name: Option<LitStr>,
    pub(crate) columns: Vec<Ident>,
    pub(crate) tokenize: Option<LitStr>,
    pub(crate) prefix: Option<LitStr>,
}

const EXAMPLE: &str = "fts(title, body)";

impl FullText {
    /// `fts(title, body)`, `fts(name = "..", columns(title, body), tokenize = "..", prefix = "..")`.
    pub(super) fn of(item: &Item, errors: &Errors) -> Option<Self> {
        let mut index =
            Self { span: item.span(), name: None, columns: Vec::new(), tokenize: None, prefix: None };
        for word in attr::group(item, EXAMPLE, errors)? {
            if let Value::None = word.value {
                index.columns.push(word.name);
                continue;
            }
            match word.name.to_string().as_str() {
                "name" => index.name = word.text(errors),
                "columns" => index.columns.extend(word.idents(errors).unwrap_or_default()),
                "tokenize" => index.tokenize = word.text(errors),
                "prefix" => index.prefix = word.text(errors),
                other => {
                    words::unknown(&word, other, "fts", &["name", "columns", "tokenize", "prefix"], errors);
                }
            }
        }
        if index.columns.is_empty() {
            errors.at(item, format_args!("a full-text index has columns: `{EXAMPLE}`"));
            return None;
        }
        if let Some(prefix) = &index.prefix
            && !is_prefix(&prefix.value())
        {
            errors.at(prefix, "`prefix` lists numbers of characters: `prefix = \"2 3\"`");
        }
        Some(index)
    }
}

/// What FTS5 takes: numbers of characters from 1 to 999, parted by spaces or commas.
fn is_prefix(text: &str) -> bool {
    let mut numbers = text.split([' ', ',']).filter(|number| !number.is_empty()).peekable();
    numbers.peek().is_some()
        && numbers.all(|number| number.parse::<u16>().is_ok_and(|number| (1..1000).contains(&number)))
}
