//! Looking into SQL text no further than to tell code from literals, names and comments.

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part<'t> {
    /// What stands for itself: code, a literal, a quoted name, a comment.
    Text(&'t str),
    /// A parameter: `?`, `?2`, `:id`.
    Parameter(&'t str),
}

/// The parameters of a text, and what stands between them.
pub(super) fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut at, mut from) = (0, 0);
    while let Some(first) = text.as_bytes().get(at) {
        let length = match first {
            b'\'' | b'"' | b'`' => quoted(&text[at..], *first),
            b'[' => text[at..].find(']').map_or(text.len() - at, |end| end + 1),
            b'-' if text[at..].starts_with("--") => {
                text[at..].find('\n').map_or(text.len() - at, |end| end + 1)
            }
            b'/' if text[at..].starts_with("/*") => {
                text[at..].find("*/").map_or(text.len() - at, |end| end + 2)
            }
            b'?' | b':' | b'@' | b'$' => {
                let rest = &text[at + 1..];
                let digits = || rest.bytes().take_while(u8::is_ascii_digit).count();
                let name = 1 + if *first == b'?' { digits() } else { word(rest) };
                if *first != b'?' && name == 1 {
                    1
                } else {
                    if from < at {
                        parts.push(Part::Text(&text[from..at]));
                    }
                    parts.push(Part::Parameter(&text[at..at + name]));
                    from = at + name;
                    name
                }
            }
            // A `$` inside of a name begins no parameter.
            _ => word(&text[at..]).max(1),
        };
        at += length;
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    if from < text.len() {
        parts.push(Part::Text(&text[from..]));
    }
    parts
}

/// Length of a literal or quoted name. A doubled quote inside begins the next one at once.
fn quoted(text: &str, quote: u8) -> usize {
    text[1..].find(char::from(quote)).map_or(text.len(), |end| end + 2)
}

/// Length of the letters, digits and underlines that a text begins with.
fn word(text: &str) -> usize {
    text.find(|character: char| !(character.is_alphanumeric() || character == '_' || character == '$'))
        .unwrap_or(text.len())
}

/// The first word of a statement, in capitals.
pub(super) fn first_word(mut text: &str) -> String {
    loop {
        text = text.trim_start_matches(|character: char| character.is_whitespace() || character == ';');
        let comment = if text.starts_with("--") {
            text.find('\n').map(|end| end + 1)
        } else if text.starts_with("/*") {
            text.find("*/").map(|end| end + 2)
        } else {
            return text[..word(text)].to_ascii_uppercase();
        };
        match comment {
            Some(end) => text = &text[end..],
            None => return String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, first_word, parts};

    fn parameters(text: &str) -> Vec<&str> {
        let parts = parts(text);
        let whole: String = parts
            .iter()
            .map(|part| match part {
                Part::Text(text) | Part::Parameter(text) => *text,
            })
            .collect();
        assert_eq!(whole, text);
        parts
            .into_iter()
            .filter_map(|part| match part {
                Part::Parameter(name) => Some(name),
                Part::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn parameters_are_told_from_literals_names_and_comments() {
        assert_eq!(parameters("a = ? AND b=?2 or c=:id||@x||$y1"), ["?", "?2", ":id", "@x", "$y1"]);
        let none = "'?''?' || \"?\"\"?\" || `?` || [?] -- ?\n || a$b /* ? */ || 'ä?' || ü";
        assert_eq!(parameters(none), [""; 0]);
        assert_eq!(parameters("?'?"), ["?"]);
        assert_eq!(parameters("ä?ö -- ?"), ["?"]);
        assert_eq!(parameters("? /* ?"), ["?"]);
        assert_eq!(parameters(""), [""; 0]);
        assert_eq!(parameters("a ->> '$.x' = ?"), ["?"]);
    }

    #[test]
    fn the_first_word_stands_behind_comments() {
        assert_eq!(first_word(" -- a\n /* b */;\n insert INTO"), "INSERT");
        assert_eq!(first_word("COMMIT;"), "COMMIT");
        assert_eq!(first_word("/* x"), "");
        assert_eq!(first_word(""), "");
    }
}
