use schema_core::model::Engine;
use schema_core::model::SqlText;

use super::functions::OF_SQLITE;
use crate::sql::{Token, tokens};

/// What of a text PostgreSQL does not take.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unknown {
    /// Functions and operators.
    pub(super) functions: Vec<String>,
    /// Collating sequences.
    pub(super) collations: Vec<String>,
    /// Whether it uses the rowid.
    pub(super) rowid: bool,
}

/// Reads a text; `is_column` says what else a word can be.
pub(super) fn read(text: &str, is_column: &dyn Fn(&str) -> bool) -> Unknown {
    let all = tokens(text).unwrap_or_default();
    let mut found = Unknown::default();
    for (position, token) in all.iter().enumerate() {
        let next = all.get(position + 1);
        let name = token.name().to_ascii_lowercase();
        let called = token.may_be_name() && next.is_some_and(|next| next.is_symbol("("));
        if called && OF_SQLITE.binary_search(&name.as_str()).is_ok() && !token.text.starts_with('\'') {
            add(&mut found.functions, format!("{name}()"));
        } else if called && (name == "max" || name == "min") && has_two_arguments(&all[position + 2..]) {
            add(&mut found.functions, format!("{name}() of two values"));
        } else if ["GLOB", "MATCH", "REGEXP"].iter().any(|word| token.is(word)) {
            add(&mut found.functions, token.text.to_ascii_uppercase());
        } else if token.is_symbol("==") {
            add(&mut found.functions, "==".to_owned());
        } else if token.is("COLLATE") {
            let collation = next.map(|next| next.name().to_ascii_uppercase());
            if let Some(collation) = collation.filter(|name| name != "BINARY") {
                add(&mut found.collations, collation);
            }
        } else if ["rowid", "_rowid_", "oid"].contains(&name.as_str())
            && token.may_be_name()
            && !token.text.starts_with('\'')
            && !called
            && !is_column(&name)
        {
            found.rowid = true;
        }
    }
    found
}

/// The text that a person has written for every engine. None where there is one for PostgreSQL, or the
/// framework writes its own.
pub(super) fn for_every_engine<'t>(
    inspected: &'t SqlText,
    is_declared: bool,
    declared: Option<&'t SqlText>,
) -> Option<&'t str> {
    match declared {
        Some(SqlText::PerEngine { .. }) => None,
        None if is_declared => None,
        Some(SqlText::Any(_)) | None => inspected.on(Engine::Sqlite),
    }
}

/// Whether a comma stands before the parenthesis that closes the call.
fn has_two_arguments(rest: &[Token<'_>]) -> bool {
    let mut depth = 0_usize;
    for token in rest {
        match token.text {
            "(" => depth += 1,
            ")" if depth == 0 => return false,
            ")" => depth -= 1,
            "," if depth == 0 => return true,
            _ => {}
        }
    }
    false
}

fn add(words: &mut Vec<String>, word: String) {
    if !words.contains(&word) {
        words.push(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_sqlite_has_is_found_in_a_text_and_what_looks_like_it_is_not() {
        let found = read(
            "SELECT max(a), max(a, b), group_concat(x), 'strftime(' FROM t WHERE _ROWID_ == 1 AND n GLOB '*' COLLATE nocase",
            &|_| false,
        );
        assert_eq!(found.functions, ["max() of two values", "group_concat()", "==", "GLOB"]);
        assert_eq!((found.collations, found.rowid), (vec!["NOCASE".to_owned()], true));
        let none = read("length(trim(\"rowid\")) > 0 AND coalesce(total, 0) >= 0 COLLATE BINARY", &|name| {
            name == "rowid"
        });
        assert_eq!(none, Unknown::default());
    }
}
