use std::ops::Range;

use super::clause::{Constraint, constraints};
use super::cursor::{Cursor, span, split_commas};
use crate::sql::tokens;
use crate::{Error, Result};

/// A `CREATE TABLE` text in its parts.
#[derive(Debug)]
pub(crate) struct TableText {
    /// The columns in the order of the text.
    pub(crate) columns: Vec<ColumnText>,
    /// The constraints that stand on no column.
    pub(crate) constraints: Vec<Constraint>,
}

/// A column in a `CREATE TABLE` text.
#[derive(Debug)]
pub(crate) struct ColumnText {
    /// Its name.
    pub(crate) name: String,
    /// Its constraints.
    pub(crate) constraints: Vec<Constraint>,
    /// Where its definition stands.
    pub(crate) span: Range<usize>,
}

impl TableText {
    /// Takes a text apart that SQLite has accepted.
    pub(crate) fn read(text: &str) -> Result<Self> {
        let all = tokens(text)?;
        let unreadable = || Error::failed(format!("this table definition cannot be read: {text}"));
        let open = all.iter().position(|token| token.is_symbol("(")).ok_or_else(unreadable)?;
        let body = Cursor::new(text, &all[open..]).group().ok_or_else(unreadable)?;
        let mut table = Self { columns: Vec::new(), constraints: Vec::new() };
        for item in split_commas(body) {
            let (Some(first), Some(span)) = (item.first(), span(item)) else { return Err(unreadable()) };
            let mut cursor = Cursor::new(text, item);
            let is_constraint =
                ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| first.is(word));
            if is_constraint {
                table.constraints.extend(constraints(&mut cursor));
            } else if let Some(name) = cursor.name() {
                skip_type(&mut cursor);
                table.columns.push(ColumnText { name, constraints: constraints(&mut cursor), span });
            }
        }
        Ok(table)
    }

    /// The column of this name.
    pub(crate) fn column(&self, name: &str) -> Option<&ColumnText> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }
}

/// Reads over the type: words and a size in parentheses, up to the first word of a constraint.
fn skip_type(cursor: &mut Cursor<'_, '_>) {
    const ENDS: [&str; 10] =
        ["CONSTRAINT", "DEFAULT", "NULL", "NOT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "COLLATE", "AS"];
    while cursor.peek().is_some() && !ENDS.iter().any(|word| cursor.is(word)) {
        if cursor.group().is_none() {
            cursor.next();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::clause::Clause;
    use super::*;

    #[test]
    fn a_table_is_taken_apart_whatever_its_layout() {
        let text = "CREATE TABLE \"t(\" ( -- a, b\n id INTEGER PRIMARY KEY AUTOINCREMENT, \"a, b\" DECIMAL(10, 2) \
                    DEFAULT (max(1, 2)) CONSTRAINT c CHECK (\"a, b\" > 0) COLLATE nocase, \
                    g GENERATED ALWAYS AS (id || ',') STORED, \
                    p REFERENCES q ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED, \
                    CONSTRAINT u UNIQUE (id, \"a, b\" COLLATE rtrim DESC) ON CONFLICT REPLACE)";
        let table = TableText::read(text).unwrap();
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "a, b", "g", "p"]);
        let second = &table.columns[1];
        assert!(text[second.span.clone()].starts_with("\"a, b\" DECIMAL"));
        assert!(second.constraints.iter().any(|constraint| {
            constraint.name.as_deref() == Some("c")
                && matches!(&constraint.clause, Clause::Check(text) if text == "\"a, b\" > 0")
        }));
        assert!(matches!(&table.columns[2].constraints[0].clause,
            Clause::Generated { expression, stored: true } if expression == "id || ','"));
        assert!(matches!(&table.columns[3].constraints[0].clause,
            Clause::ForeignKey(key) if key.deferrable == schema_core::model::Deferrable::InitiallyDeferred));
        assert!(matches!(&table.constraints[0].clause, Clause::Unique { columns, .. }
            if columns[1].descending && columns[1].collation.as_deref() == Some("rtrim")));
    }
}
