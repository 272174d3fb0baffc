//! From SQL's names to Rust's.

use std::collections::HashSet;

/// Words that are no names in Rust, unless behind `r#`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "static", "struct", "trait",
    "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
/// Words that are no names even then.
const NEVER_NAMES: &[&str] = &["_", "crate", "self", "super"];

/// Types that source code means by these words, whatever a table is called.
const TYPES: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Date",
    "Debug",
    "Default",
    "Display",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Hash",
    "Into",
    "IntoIterator",
    "Iterator",
    "None",
    "OffsetDateTime",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "PrimitiveDateTime",
    "Result",
    "Schema",
    "Self",
    "Send",
    "Sized",
    "Some",
    "SqlEnum",
    "SqlType",
    "String",
    "Sync",
    "Table",
    "Time",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Uuid",
    "Value",
    "Vec",
    "View",
    "Writable",
];

/// The words of a name: cut at what is no letter or digit, and where small letters become capital ones.
fn words(name: &str) -> Vec<String> {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = vec![String::new()];
    for (at, letter) in letters.iter().enumerate() {
        if !is_letter(*letter) {
            words.push(String::new());
            continue;
        }
        let before = at.checked_sub(1).map(|at| letters[at]);
        let after = letters.get(at + 1);
        let begins = letter.is_uppercase()
            && (before.is_some_and(|before| before.is_lowercase() || before.is_numeric())
                || (before.is_some_and(char::is_uppercase)
                    && after.is_some_and(|after| after.is_lowercase())));
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(letter.to_lowercase().filter(|letter| is_letter(*letter)));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether a letter or digit may stand in a Rust name without a lint of the compiler about letters
/// that look like others. Everything else parts words.
fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || matches!(letter,
            '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{12f}' | '\u{134}'..='\u{148}'
            | '\u{14a}'..='\u{17e}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}'
            | '\u{ac00}'..='\u{d7a3}' | '\u{410}'..='\u{44f}' | '\u{451}')
}

/// Letters of the Cyrillic alphabet that no Latin letter looks like: one of them says that a word is meant.
fn is_unlike_latin(word: &str) -> bool {
    !word.chars().any(|letter| ('\u{400}'..='\u{4ff}').contains(&letter))
        || word.chars().any(|letter| "бгджзийлфцчшщъыьэюяё".contains(letter))
}

/// A name in snake case, as a Rust name before keywords and clashes; empty where nothing is left of it.
pub(super) fn snake(name: &str) -> String {
    let joined = words(name).into_iter().filter(|word| is_unlike_latin(word)).collect::<Vec<_>>().join("_");
    if joined.starts_with(|first: char| first.is_ascii_digit()) { format!("n{joined}") } else { joined }
}

/// A name in snake case as a type's name.
pub(super) fn pascal(name: &str) -> String {
    let mut pascal = String::with_capacity(name.len());
    let mut before_digit = false;
    for word in snake(name).split('_') {
        // `a_1` and `a1` stay two names, as do `x_86_64` and `x_8664`.
        if before_digit && word.starts_with(|first: char| first.is_ascii_digit()) {
            pascal.push('_');
        }
        let mut letters = word.chars();
        pascal.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        pascal.push_str(letters.as_str());
        before_digit = pascal.ends_with(|last: char| last.is_ascii_digit());
    }
    pascal
}

/// A name in ASCII letters: what a file can be called.
pub(super) fn module(name: &str) -> String {
    let ascii: String =
        snake(name).chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
    let parts: Vec<&str> = ascii.split('_').filter(|part| !part.is_empty()).collect();
    let joined = parts.join("_");
    if joined.starts_with(|first: char| first.is_ascii_digit()) { format!("n{joined}") } else { joined }
}

/// A field's name as it is written: a keyword behind `r#`.
pub(super) fn field(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("r#{name}") } else { name.to_owned() }
}

/// The name that a field's column has without `name = ".."`.
pub(super) fn unraw(field: &str) -> &str {
    field.strip_prefix("r#").unwrap_or(field)
}

/// Whether a text is a Rust name of ASCII letters, keyword or not.
pub(super) fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The words that the derive sees in a name: `ProgressLog` as `progress_log`.
pub(super) fn derived_snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut words: Vec<String> = Vec::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = *letter == '_'
            || letter.is_uppercase()
                && (before.is_none_or(|before| !before.is_uppercase())
                    || after.is_some_and(|after| after.is_lowercase()));
        if begins && words.last().is_none_or(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if *letter != '_' {
            match words.last_mut() {
                Some(word) => word.extend(letter.to_lowercase()),
                None => words.push(letter.to_lowercase().collect()),
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words.join("_")
}

/// Names given so far, each once.
#[derive(Debug, Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// The names of types: what the language and the framework mean by a word is taken.
    pub(super) fn of_types() -> Self {
        Self(TYPES.iter().map(ToString::to_string).collect())
    }

    /// The names of modules: a keyword would need another file name, and `lib` and `mod` are files already.
    pub(super) fn of_modules() -> Self {
        let taken =
            KEYWORDS.iter().chain(NEVER_NAMES).chain(&["lib", "main", "std", "core", "alloc", "schema_core"]);
        Self(taken.map(ToString::to_string).collect())
    }

    /// The names of fields.
    pub(super) fn of_fields() -> Self {
        Self(NEVER_NAMES.iter().map(ToString::to_string).collect())
    }

    /// The first of `wanted`, `wanted` with the suffix, and numbered ones, none of whose companions is taken.
    pub(super) fn take(
        &mut self,
        wanted: &str,
        suffix: &str,
        companions: impl Fn(&str) -> Vec<String>,
    ) -> String {
        let mut number = 1;
        loop {
            let name = match number {
                1 => wanted.to_owned(),
                2 => format!("{wanted}{suffix}"),
                number => format!("{wanted}{suffix}{number}"),
            };
            let all: Vec<String> = companions(&name).into_iter().chain([name.clone()]).collect();
            if !name.is_empty() && all.iter().all(|one| !self.0.contains(one)) {
                self.0.extend(all);
                return name;
            }
            number += 1;
        }
    }

    /// Takes names without asking.
    pub(super) fn reserve(&mut self, names: impl IntoIterator<Item = String>) {
        self.0.extend(names);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_becomes_a_rust_name() {
        for (name, wanted) in [
            ("createdAt", "created_at"),
            ("HTTPServer", "http_server"),
            ("user id", "user_id"),
            ("a.b", "a_b"),
            ("it's", "it_s"),
            ("2fa", "n2fa"),
            ("größe", "größe"),
            ("書籍", "書籍"),
            ("дата", "дата"),
            ("\u{441}\u{430}", ""),
            ("😀", ""),
            ("Ⓐ", ""),
            ("__x__", "x"),
        ] {
            assert_eq!(snake(name), wanted, "{name}");
        }
        assert_eq!(pascal("progress_log"), "ProgressLog");
        assert_eq!(pascal("x_86_64"), "X86_64");
        assert_eq!(module("größe_x"), "gr_e_x");
        assert_eq!((field("type"), field("title")), ("r#type".to_owned(), "title".to_owned()));
    }

    #[test]
    fn clashing_names_are_numbered() {
        let mut names = Names::of_types();
        let companions = |name: &str| vec![format!("New{name}")];
        assert_eq!(names.take("Book", "Row", companions), "Book");
        assert_eq!(names.take("Book", "Row", companions), "BookRow");
        assert_eq!(names.take("Book", "Row", companions), "BookRow3");
        assert_eq!(names.take("NewBook", "Row", companions), "NewBookRow4");
        assert_eq!(names.take("Option", "Row", companions), "OptionRow");
    }
}
