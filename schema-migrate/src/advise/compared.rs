use schema_core::model::TableDef;

use super::{Compared, IndexColumn, IndexPart};
use crate::sql::{Token, TokenKind, tokens};

/// What of a table is compared in these texts, in the order in which it stands there. `aliases` are what it is called
/// there where it is read.
pub(super) fn compared(table: &TableDef, aliases: &[&str], texts: &[String]) -> Vec<Compared> {
    let mut found: Vec<Compared> = Vec::new();
    for text in texts {
        let all = tokens(text).unwrap_or_default();
        let conditions = conditions(&all);
        let reader = Reader { all: &all, table, aliases };
        for at in (0..all.len()).filter(|at| conditions[*at]) {
            if let Some(compared) = reader.compared(at)
                && !found.contains(&compared)
            {
                found.push(compared);
            }
        }
    }
    found
}

/// By what of a table the first rows are wanted: `ORDER BY created_at DESC LIMIT 20`. Nothing where the statement wants
/// every row, or orders by something else.
pub(super) fn first_by(table: &TableDef, aliases: &[&str], sql: &str) -> Vec<IndexPart> {
    let all = tokens(sql).unwrap_or_default();
    let reader = Reader { all: &all, table, aliases };
    reader.ordered().unwrap_or_default()
}

/// Which tokens stand where rows are chosen: in a WHERE, an ON, a HAVING, a WHEN.
fn conditions(all: &[Token<'_>]) -> Vec<bool> {
    let mut levels = vec![false];
    let mut are = Vec::with_capacity(all.len());
    for token in all {
        let level = levels.last().copied().unwrap_or(false);
        if token.is_symbol("(") {
            levels.push(level);
        } else if token.is_symbol(")") && levels.len() > 1 {
            levels.pop();
        } else if ["WHERE", "ON", "HAVING", "WHEN", "USING"].iter().any(|word| token.is(word)) {
            set(&mut levels, true);
        } else if [
            "SELECT",
            "FROM",
            "JOIN",
            "SET",
            "GROUP",
            "ORDER",
            "LIMIT",
            "RETURNING",
            "UNION",
            "INTERSECT",
            "EXCEPT",
            "BEGIN",
        ]
        .iter()
        .any(|word| token.is(word))
            || token.is_symbol(";")
        {
            set(&mut levels, false);
        }
        are.push(levels.last().copied().unwrap_or(false));
    }
    are
}

fn set(levels: &mut [bool], is: bool) {
    if let Some(level) = levels.last_mut() {
        *level = is;
    }
}

/// Reads comparisons of one table's columns.
struct Reader<'a> {
    all: &'a [Token<'a>],
    table: &'a TableDef,
    aliases: &'a [&'a str],
}

impl Reader<'_> {
    /// The comparison of the column that begins at this token.
    fn compared(&self, at: usize) -> Option<Compared> {
        let (first, last, column) = self.column(at)?;
        // `lower(b.title) = ..`
        let called = first.checked_sub(2).filter(|_| {
            self.symbol(Some(first - 1), "(")
                && self.symbol(Some(last + 1), ")")
                && self.get(first.checked_sub(2)).is_some_and(|name| name.kind == TokenKind::Word)
                && !self.is_word(
                    first.checked_sub(2),
                    &["IN", "AND", "OR", "NOT", "ON", "WHERE", "USING", "WHEN"],
                )
        });
        if let Some((open, close)) = self.row_value(first, last) {
            let by = self.operator(Some(close + 1)).or_else(|| self.operator_before(open.checked_sub(1)))?;
            return Some(Compared { target: IndexColumn::Column(column), collation: None, by });
        }
        let (before, behind, target) = match called {
            Some(name) => {
                let function = self.all[name].text.to_ascii_lowercase();
                let inner = schema_core::dialect::quote_identifier(&column);
                (name.checked_sub(1), last + 2, IndexColumn::Expression(format!("{function}({inner})")))
            }
            None => (first.checked_sub(1), last + 1, IndexColumn::Column(column)),
        };
        if self.is_word(first.checked_sub(2), &["USING"]) || self.is_named_by_using(first) {
            return Some(Compared { target, collation: None, by: "=".to_owned() });
        }
        let (collation, behind) = match self.get(Some(behind)) {
            Some(word) if word.is("COLLATE") => {
                (self.get(Some(behind + 1)).map(|name| name.name().to_ascii_uppercase()), behind + 2)
            }
            _ => (None, behind),
        };
        let by = self.operator(Some(behind)).or_else(|| self.operator_before(before))?;
        let collation = collation.or_else(|| self.collation_of_value(behind + 1));
        Some(Compared { target, collation, by })
    }

    /// `= ? COLLATE NOCASE`: what the other side of a comparison says counts for both.
    fn collation_of_value(&self, at: usize) -> Option<String> {
        let end = if self.symbol(Some(at + 1), ".") { at + 3 } else { at + 1 };
        let is_said = self.is_word(Some(end), &["COLLATE"]);
        self.get(Some(end + 1)).filter(|_| is_said).map(|name| name.name().to_ascii_uppercase())
    }

    /// `(a, b) > (?, ?)`, `(a) = ?`: where the brackets stand around a column.
    fn row_value(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        let is_inside =
            |token: &Token<'_>| token.is_symbol(",") || token.is_symbol(".") || token.may_be_name();
        let open = self.all[..first].iter().rposition(|token| !is_inside(token))?;
        let close = last + 1 + self.all[last + 1..].iter().position(|token| !is_inside(token))?;
        let is_row = self.symbol(Some(open), "(") && self.symbol(Some(close), ")");
        let is_call = self.get(open.checked_sub(1)).is_some_and(Token::may_be_name)
            && !self.is_word(open.checked_sub(1), &["AND", "OR", "NOT", "ON", "WHERE", "HAVING", "WHEN"]);
        (is_row && !is_call).then_some((open, close))
    }

    /// The ORDER BY of the statement itself, before a LIMIT.
    fn ordered(&self) -> Option<Vec<IndexPart>> {
        let mut depth = 0_usize;
        let mut own = Vec::with_capacity(self.all.len());
        for token in self.all {
            depth = depth.saturating_sub(usize::from(token.is_symbol(")")));
            own.push(depth == 0);
            depth += usize::from(token.is_symbol("("));
        }
        let own = |at: usize, word: &str| own[at] && self.all[at].is(word);
        let order = (0..self.all.len()).rposition(|at| own(at, "ORDER"))?;
        let limit = (order..self.all.len()).find(|at| own(*at, "LIMIT"))?;
        let mut at = order + 2;
        let mut parts = Vec::new();
        while at < limit {
            let (_, last, column) = self.column(at)?;
            at = last + 1;
            let mut collation = None;
            if self.is_word(Some(at), &["COLLATE"]) {
                collation = Some(self.get(Some(at + 1))?.name().to_ascii_uppercase());
                at += 2;
            }
            let descending = self.is_word(Some(at), &["DESC"]);
            at += usize::from(self.is_word(Some(at), &["ASC", "DESC"]));
            parts.push(IndexPart { column: IndexColumn::Column(column), collation, descending });
            match self.symbol(Some(at), ",") {
                true => at += 1,
                false if at == limit => {}
                // `NULLS LAST`, an expression
                false => return None,
            }
        }
        Some(parts)
    }

    /// `alias.column` or `column`: where it begins and ends, and the column's name.
    fn column(&self, at: usize) -> Option<(usize, usize, String)> {
        let token =
            self.get(Some(at)).filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))?;
        if self.symbol(at.checked_sub(1), ".") {
            return None;
        }
        let name = |token: &Token<'_>| {
            let found = self.table.columns.iter().find(|column| token.names(&column.name));
            found.map(|column| column.name.to_string())
        };
        if self.symbol(Some(at + 1), ".") {
            let is_own = self.aliases.iter().any(|alias| token.names(alias));
            return is_own.then(|| Some((at, at + 2, name(self.get(Some(at + 2))?)?)))?;
        }
        (!self.symbol(Some(at + 1), "(")).then(|| Some((at, at, name(token)?)))?
    }

    /// `USING (a, b)`
    fn is_named_by_using(&self, at: usize) -> bool {
        let inside = self.all[..at].iter().rev();
        let mut before =
            inside.skip_while(|token| token.is_symbol(",") || token.may_be_name() && !token.is("USING"));
        before.next().is_some_and(|token| token.is_symbol("("))
            && before.next().is_some_and(|token| token.is("USING"))
    }

    /// What compares the column with what stands behind it.
    fn operator(&self, at: Option<usize>) -> Option<String> {
        let token = self.get(at)?;
        if ["=", "==", "<", "<=", ">", ">=", "<>", "!="].iter().any(|symbol| token.is_symbol(symbol)) {
            return Some(if token.is_symbol("==") { "=".to_owned() } else { token.text.to_owned() });
        }
        let words = |at: usize| self.get(Some(at)).filter(|token| token.kind == TokenKind::Word);
        let at = at?;
        let next = || words(at + 1).map(|word| word.text.to_ascii_uppercase()).unwrap_or_default();
        let word = words(at)?.text.to_ascii_uppercase();
        match word.as_str() {
            "IS" if next() == "NOT" => Some("IS NOT".to_owned()),
            "IS" | "IN" | "BETWEEN" | "LIKE" | "GLOB" => Some(word),
            "ISNULL" => Some("IS".to_owned()),
            "NOTNULL" => Some("IS NOT".to_owned()),
            "NOT" if ["IN", "BETWEEN", "LIKE", "GLOB", "NULL"].contains(&next().as_str()) => {
                Some(format!("NOT {}", next()))
            }
            _ => None,
        }
    }

    /// What compares something that stands before the column with it.
    fn operator_before(&self, at: Option<usize>) -> Option<String> {
        let token = self.get(at)?;
        [
            ("=", "="),
            ("==", "="),
            ("<", ">"),
            ("<=", ">="),
            (">", "<"),
            (">=", "<="),
            ("<>", "<>"),
            ("!=", "<>"),
        ]
        .iter()
        .find(|(symbol, _)| token.is_symbol(symbol))
        .map(|(_, by)| (*by).to_owned())
    }

    fn get(&self, at: Option<usize>) -> Option<&Token<'_>> {
        self.all.get(at?)
    }

    fn symbol(&self, at: Option<usize>, symbol: &str) -> bool {
        self.get(at).is_some_and(|token| token.is_symbol(symbol))
    }

    fn is_word(&self, at: Option<usize>, words: &[&str]) -> bool {
        self.get(at).is_some_and(|token| words.iter().any(|word| token.is(word)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::{scratch, sqlite};

    #[test]
    fn columns_are_compared_where_rows_are_chosen() {
        let connection = scratch().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE books(id INTEGER PRIMARY KEY, author_id, title, \"sort key\", pages)",
            )
            .unwrap();
        let schema = sqlite::schema(&connection).unwrap();
        let table = schema.table("books").unwrap();
        let of = |sql: &str| {
            let found = compared(table, &["b"], &[sql.to_owned()]);
            found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        for (sql, wanted) in [
            ("SELECT title = 'a' FROM books WHERE author_id = ?1 AND pages > 3", "author_id =, pages >"),
            ("SELECT * FROM authors a JOIN books b ON a.id = b.author_id ORDER BY b.title", "author_id ="),
            (
                "SELECT * FROM books b WHERE 5 < b.pages AND b.\"sort key\" IS NULL",
                "pages >, \"sort key\" IS",
            ),
            (
                "UPDATE books SET title = 'x' WHERE pages IN (1, 2) AND title NOT LIKE 'a%'",
                "pages IN, title NOT LIKE",
            ),
            ("SELECT * FROM books b WHERE lower(b.title) = ?", "lower(\"title\") ="),
            (
                "SELECT * FROM books WHERE title = ? COLLATE NOCASE OR title COLLATE NOCASE = 'x'",
                "title collate nocase =",
            ),
            ("SELECT * FROM authors JOIN books USING (author_id, pages)", "author_id =, pages ="),
            (
                "SELECT * FROM a WHERE x IN (SELECT title FROM books WHERE pages BETWEEN 1 AND 2)",
                "pages BETWEEN",
            ),
            (
                "SELECT * FROM books b WHERE (b.pages, b.id) > (?, ?) AND (title) = 'x'",
                "pages >, id >, title =",
            ),
            ("SELECT * FROM books WHERE max(pages, id) > 3 AND id IN (author_id, 3)", "id IN"),
            ("SELECT * FROM books", ""),
        ] {
            assert_eq!(of(sql), wanted, "{sql}");
        }
        let of = |sql: &str| {
            let found = first_by(table, &["b"], sql);
            found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        for (sql, wanted) in [
            (
                "SELECT * FROM books b ORDER BY b.pages DESC, title COLLATE NOCASE LIMIT 5",
                "pages desc, title collate nocase",
            ),
            (
                "SELECT * FROM (SELECT * FROM a ORDER BY x LIMIT 1), books ORDER BY title LIMIT ? OFFSET ?",
                "title",
            ),
            ("SELECT * FROM books ORDER BY title", ""),
            ("SELECT * FROM books ORDER BY lower(title) LIMIT 1", ""),
            ("SELECT * FROM books ORDER BY pages NULLS LAST LIMIT 1", ""),
            ("SELECT * FROM books b, a ORDER BY pages, a.title LIMIT 1", ""),
        ] {
            assert_eq!(of(sql), wanted, "{sql}");
        }
    }
}
