use schema_core::model::{Engine, SchemaDef};

use crate::sql::{Token, tokens};

/// The texts that a statement is made of: its own and those of the views that it reads.
pub(super) fn texts(schema: &SchemaDef, sql: &str) -> Vec<String> {
    let mut found = vec![sql.to_owned()];
    let mut at = 0;
    while let Some(text) = found.get(at) {
        at += 1;
        let all = tokens(text).unwrap_or_default();
        let read: Vec<String> = schema
            .views
            .iter()
            .filter(|view| all.iter().any(|token| token.names(&view.name)))
            .filter_map(|view| view.sql.on(Engine::Sqlite).map(str::to_owned))
            .filter(|view| !found.contains(view))
            .collect();
        found.extend(read);
    }
    found
}

/// What the tables of these texts are called in a plan: alias, table. A table without an alias stands there under its
/// own name; of an alias that stands for several tables the first.
pub(super) fn aliases(schema: &SchemaDef, texts: &[String]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for text in texts {
        let all = tokens(text).unwrap_or_default();
        for (at, token) in all.iter().enumerate() {
            let Some(table) = schema.tables.iter().find(|table| token.names(&table.name)) else { continue };
            let behind = if all.get(at + 1).is_some_and(|next| next.is("AS")) { at + 2 } else { at + 1 };
            let Some(alias) = all.get(behind).filter(|_| is_source(&all, at)) else { continue };
            let name = alias.name();
            if !(alias.may_be_name() && (behind == at + 2 || is_free(alias))) {
                continue;
            }
            if !found.iter().any(|(known, _)| known.eq_ignore_ascii_case(&name)) {
                found.push((name, table.name.to_string()));
            }
        }
    }
    found
}

/// Whether the name at this place stands in a FROM or a JOIN, or is what an UPDATE or a DELETE is about.
fn is_source(all: &[Token<'_>], at: usize) -> bool {
    let before = |at: usize| at.checked_sub(1).and_then(|at| all.get(at));
    let at = match before(at) {
        // `main.books`
        Some(dot) if dot.is_symbol(".") => at.saturating_sub(2),
        _ => at,
    };
    before(at).is_some_and(|token| {
        ["FROM", "JOIN", "UPDATE", "INTO"].iter().any(|word| token.is(word))
            || token.is_symbol(",")
            || token.is_symbol("(")
    })
}

/// Whether a bare word behind a table is its alias, and not how the statement goes on.
fn is_free(token: &Token<'_>) -> bool {
    const WORDS: [&str; 22] = [
        "WHERE",
        "JOIN",
        "LEFT",
        "RIGHT",
        "FULL",
        "INNER",
        "OUTER",
        "CROSS",
        "NATURAL",
        "ON",
        "USING",
        "GROUP",
        "ORDER",
        "HAVING",
        "LIMIT",
        "UNION",
        "INTERSECT",
        "EXCEPT",
        "WINDOW",
        "SET",
        "RETURNING",
        "INDEXED",
    ];
    token.kind != crate::sql::TokenKind::Text && !token.is("NOT") && !WORDS.iter().any(|word| token.is(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inspect::{scratch, sqlite};

    #[test]
    fn aliases_are_found_wherever_a_table_may_stand() {
        let connection = scratch().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE books(id, author_id); CREATE TABLE \"old books\"(id); CREATE TABLE authors(id);
                 CREATE VIEW by_author AS SELECT a.id, count(*) FROM authors a JOIN books AS k ON k.author_id = a.id;
                 CREATE VIEW outer_view AS SELECT * FROM by_author",
            )
            .unwrap();
        let schema = sqlite::schema(&connection).unwrap();
        let of = |sql: &str| {
            let found = aliases(&schema, &texts(&schema, sql));
            found.into_iter().map(|(alias, table)| format!("{alias}={table}")).collect::<Vec<_>>().join(" ")
        };
        for (sql, wanted) in [
            ("SELECT * FROM books WHERE id = 1", ""),
            ("SELECT * FROM main.books b, \"old books\" AS o WHERE b.id = o.id", "b=books o=old books"),
            ("SELECT (SELECT max(x.id) FROM books x) FROM authors", "x=books"),
            ("UPDATE books AS b SET id = 1 WHERE b.id IN (SELECT id FROM authors)", "b=books"),
            ("SELECT * FROM books LEFT JOIN authors USING (id)", ""),
            ("SELECT * FROM outer_view", "a=authors k=books"),
        ] {
            assert_eq!(of(sql), wanted, "{sql}");
        }
    }
}
