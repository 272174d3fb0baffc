use std::fmt;
use std::str::FromStr;

use crate::sql::{Token, tokens};
use crate::{Error, Result};

/// A name as it is written in a flag: `table`, `table.column` or `table.column.variant`. A part
/// that is no plain word stands in double quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path(pub Vec<String>);

impl Path {
    /// A path of these parts.
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a str>) -> Self {
        Self(parts.into_iter().map(str::to_owned).collect())
    }

    /// Whether the path has these parts, compared as SQL compares names.
    pub fn is(&self, parts: &[&str]) -> bool {
        self.0.len() == parts.len()
            && self.0.iter().zip(parts).all(|(own, part)| own.eq_ignore_ascii_case(part))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, part) in self.0.iter().enumerate() {
            if position > 0 {
                formatter.write_str(".")?;
            }
            let plain = !part.is_empty()
                && part
                    .chars()
                    .all(|character| character.is_alphanumeric() || character == '_' || character == '-');
            if plain {
                formatter.write_str(part)?;
            } else {
                write!(formatter, "\"{}\"", part.replace('"', "\"\""))?;
            }
        }
        Ok(())
    }
}

impl FromStr for Path {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let (path, rest) = read(text)?;
        if rest.is_empty() { Ok(path) } else { Err(malformed(text)) }
    }
}

/// Reads a path off the start of a flag's value and gives what follows it.
pub(super) fn read(text: &str) -> Result<(Path, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    loop {
        let end = if rest.starts_with('"') {
            let all = quoted(rest).ok_or_else(|| malformed(text))?;
            parts.push(all.name());
            all.end
        } else {
            let end = rest.find(['.', ':', '=']).unwrap_or(rest.len());
            parts.push(rest[..end].trim().to_owned());
            end
        };
        rest = &rest[end..];
        match rest.strip_prefix('.') {
            Some(more) => rest = more,
            None => break,
        }
    }
    if parts.iter().any(String::is_empty) || parts.len() > 3 {
        return Err(malformed(text));
    }
    Ok((Path(parts), rest))
}

/// The quoted name at the start of the text.
fn quoted(text: &str) -> Option<Token<'_>> {
    let mut end = None;
    let mut characters = text.char_indices().skip(1).peekable();
    while let Some((offset, character)) = characters.next() {
        if character == '"' && characters.next_if(|(_, next)| *next == '"').is_none() {
            end = Some(offset + 1);
            break;
        }
    }
    tokens(&text[..end?]).ok()?.first().copied()
}

fn malformed(text: &str) -> Error {
    Error::usage(format!("`{text}` is no name"))
        .why("a name is written table, table.column or table.column.variant, with double quotes around odd parts")
        .state("nothing was changed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_what_it_displays() {
        for parts in [vec!["a"], vec!["a", "b"], vec!["a.b", "it's", "c\"d:e"], vec!["Bücher", "x y"]] {
            let path = Path::new(parts.clone());
            assert_eq!(path.to_string().parse::<Path>().unwrap(), path);
        }
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for text in ["", ".", "a.", "a..b", "a.b.c.d", "\"a", "a:b"] {
            assert!(text.parse::<Path>().is_err(), "{text}");
        }
    }
}
