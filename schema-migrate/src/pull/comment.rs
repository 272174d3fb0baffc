//! Comments of a stored definition.

use std::ops::Range;

use crate::inspect::sqlite::definition::TableText;
use crate::sql::tokens;

/// The comments of a table and of its columns, in the order of its text.
#[derive(Debug, Default)]
pub(super) struct Comments {
    pub(super) table: Option<String>,
    pub(super) columns: Vec<Option<String>>,
}

/// The comments that stand above a column or behind it on its line, and those between the table's
/// name and its first column.
pub(super) fn comments(text: &str) -> Comments {
    read(text).unwrap_or_default()
}

fn read(text: &str) -> Option<Comments> {
    let all = tokens(text).ok()?;
    let table = TableText::read(text).ok()?;
    let mut columns = Vec::with_capacity(table.columns.len());
    for column in &table.columns {
        let first = all.iter().position(|token| token.start == column.span.start)?;
        let before = all.get(first.checked_sub(1)?)?;
        let above = below_first_line(text, before.end..column.span.start);
        let next = all.partition_point(|token| token.start < column.span.end);
        let upto = |at: usize| all.get(at).map_or(text.len(), |token| token.start);
        let mut found = said(above);
        found.extend(said(first_line(text, column.span.end..upto(next))));
        if all.get(next).is_some_and(|token| token.is_symbol(",")) {
            found.extend(said(first_line(text, all[next].end..upto(next + 1))));
        }
        columns.push(document(&found));
    }
    let open = all.iter().position(|token| token.is_symbol("("))?;
    let from = all.get(open.checked_sub(1)?)?.end;
    let before = said(&text[from..all[open].start]);
    let behind =
        all.get(open + 1).map_or(Vec::new(), |next| said(first_line(text, all[open].end..next.start)));
    Some(Comments { table: document(&[before, behind].concat()), columns })
}

fn first_line(text: &str, range: Range<usize>) -> &str {
    let part = text.get(range).unwrap_or_default();
    part.find('\n').map_or(part, |end| &part[..end])
}

fn below_first_line(text: &str, range: Range<usize>) -> &str {
    let part = text.get(range).unwrap_or_default();
    part.find('\n').map_or("", |end| &part[end..])
}

/// The comments of a piece of text between two tokens.
fn said(mut text: &str) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let (line, block) = (text.find("--"), text.find("/*"));
        let (start, end, close) = match (line, block) {
            (Some(line), block) if block.is_none_or(|block| line < block) => (line, "\n", 0),
            (_, Some(block)) => (block, "*/", 2),
            _ => return found,
        };
        let inside = &text[start + 2..];
        let length = inside.find(end).unwrap_or(inside.len());
        found.push(
            inside[..length].trim_matches(|letter: char| letter == '-' || letter.is_whitespace()).to_owned(),
        );
        text = inside.get(length + close..).unwrap_or_default();
    }
}

/// One paragraph on one line: what would be a list or a code block in a doc comment is plain words here.
fn document(comments: &[String]) -> Option<String> {
    let words: Vec<&str> = comments
        .iter()
        .flat_map(|comment| comment.split_whitespace())
        .filter(|word| !word.chars().all(|letter| "*-=#>+~/".contains(letter)))
        .collect();
    let plain: String =
        words.join(" ").replace('`', "'").chars().filter(|letter| !letter.is_control()).collect();
    let plain = plain.trim_start_matches(|letter: char| "*-=#>+~!/ ".contains(letter));
    // Brackets would be links of the documentation.
    let plain = plain.replace('[', "(").replace(']', ")").replace('<', "(").replace('>', ")");
    (!plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_belongs_to_what_it_stands_beside() {
        let text = "CREATE TABLE books ( -- everything on the shelf\n  id INTEGER PRIMARY KEY, -- never reused\n  \
                    -- as printed\n  /* on the cover */\n  title TEXT NOT NULL,\n  pages INT, note TEXT -- last\n)";
        let found = comments(text);
        assert_eq!(found.table.as_deref(), Some("everything on the shelf"));
        let columns: Vec<Option<&str>> = found.columns.iter().map(Option::as_deref).collect();
        assert_eq!(columns, [Some("never reused"), Some("as printed on the cover"), None, Some("last")]);
    }

    #[test]
    fn nothing_in_a_comment_makes_a_list_or_a_link() {
        let found = comments("CREATE TABLE t (\n  -- * [x] <b>\n  -- ----\n  -- `c`\n  a)");
        assert_eq!(found.columns, [Some("(x) (b) 'c'".to_owned())]);
    }
}
