use crate::sql::{Token, TokenKind, tokens};

/// A `CREATE VIRTUAL TABLE`, taken apart as far as the full-text modules read it. Other modules may
/// take their arguments for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VirtualTableText {
    /// The module in lower case.
    pub(crate) module: String,
    /// Arguments without a `=`: a column's name, and what is said about it, word by word.
    pub(crate) columns: Vec<Vec<String>>,
    /// Arguments with one: the name in lower case, and the value without quotes.
    pub(crate) options: Vec<(String, String)>,
}

/// Where a virtual table has its rows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content<'a> {
    /// It keeps them itself.
    Own,
    /// Nowhere: it is an index alone.
    None,
    /// From a table or view.
    External(&'a str),
}

impl VirtualTableText {
    /// Reads a stored definition; `None` where it is written in a way of its own.
    pub(crate) fn read(sql: &str) -> Option<Self> {
        let all = tokens(sql).ok()?;
        let using = all.iter().position(|token| token.is("USING"))?;
        let module = all.get(using + 1)?.name().to_ascii_lowercase();
        let mut found = Self { module, columns: Vec::new(), options: Vec::new() };
        let inside = match all.get(using + 2..)? {
            [] => return Some(found),
            [open, inside @ .., close] if open.is_symbol("(") && close.is_symbol(")") => inside,
            _ => return None,
        };
        for argument in arguments(inside) {
            match argument {
                [] => {}
                [name, equal, value @ ..] if equal.is_symbol("=") => {
                    let value = match value {
                        [one] => one.name(),
                        [] => String::new(),
                        [first, .., last] => sql.get(first.start..last.end)?.to_owned(),
                    };
                    found.options.push((name.name().to_ascii_lowercase(), value));
                }
                words => found.columns.push(words.iter().map(Token::name).collect()),
            }
        }
        Some(found)
    }

    /// Whether it is one of SQLite's own full-text modules.
    pub(crate) fn is_full_text(&self) -> bool {
        matches!(self.module.as_str(), "fts3" | "fts4" | "fts5")
    }

    /// Where its rows are.
    pub(crate) fn content(&self) -> Content<'_> {
        match self.option("content") {
            _ if !self.is_full_text() => Content::Own,
            None => Content::Own,
            Some("") => Content::None,
            Some(table) => Content::External(table),
        }
    }

    fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The arguments between the commas that stand in no parentheses.
fn arguments<'t, 'a>(inside: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let (mut found, mut first, mut depth) = (Vec::new(), 0, 0_usize);
    for (position, token) in inside.iter().enumerate() {
        match token.text {
            _ if token.kind != TokenKind::Symbol => {}
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            "," if depth == 0 => {
                found.push(&inside[first..position]);
                first = position + 1;
            }
            _ => {}
        }
    }
    found.push(&inside[first..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_text_table_says_where_its_rows_are() {
        let read = |sql: &str| VirtualTableText::read(sql).unwrap();
        let own = read("CREATE VIRTUAL TABLE a USING FTS5(title, \"body text\" UNINDEXED, prefix='2 3')");
        assert_eq!((own.module.as_str(), own.content()), ("fts5", Content::Own));
        assert_eq!(own.columns, [vec!["title"], vec!["body text", "UNINDEXED"]]);
        let external = read("CREATE VIRTUAL TABLE a USING fts5(title, content = \"my books\")");
        assert_eq!(external.content(), Content::External("my books"));
        assert_eq!(read("CREATE VIRTUAL TABLE a USING fts5(t, content='')").content(), Content::None);
        assert_eq!(read("CREATE VIRTUAL TABLE a USING rtree(id, content='x')").content(), Content::Own);
        assert_eq!(read("CREATE VIRTUAL TABLE a USING dbstat").module, "dbstat");
        assert!(VirtualTableText::read("CREATE TABLE a(b)").is_none());
    }
}
