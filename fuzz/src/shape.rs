use std::collections::{BTreeMap, BTreeSet};

use schema_core::dialect::quote_text;
use schema_core::rusqlite::Connection;

use crate::database::{rows, tables, texts};

/// What a database is made of, as SQLite's own pragmas tell it: each table, index, view and trigger
/// with lines that are the same on two databases that do the same.
pub(crate) type Shape = BTreeMap<String, BTreeSet<String>>;

/// Reads the shape; nothing of the engine takes part in it.
pub(crate) fn shape(connection: &Connection) -> Result<Shape, String> {
    let mut found = Shape::new();
    for table in tables(connection)? {
        let name = table.to_ascii_lowercase();
        let mut lines = BTreeSet::new();
        let literal = quote_text(&table);
        lines.extend(texts(
            connection,
            &format!("SELECT 'options', wr, strict FROM pragma_table_list WHERE name = {literal} AND schema = 'main'"),
        )?);
        // A NOT NULL on the rowid says nothing.
        let columns = format!(
            "SELECT 'column', lower(name), upper(replace(type, ' ', '')), iif(pk, 0, \"notnull\"), pk, hidden \
             FROM pragma_table_xinfo({literal})"
        );
        lines.extend(texts(connection, &columns)?);
        lines.extend(foreign_keys(connection, &literal)?);
        lines.extend(indexes(connection, &literal)?);
        found.insert(format!("table {name}"), lines);
    }
    let programs = rows(
        connection,
        "SELECT type || ' ' || lower(name), sql FROM sqlite_schema WHERE type IN ('trigger', 'view')",
    )?;
    for program in programs {
        let [name, text] = program.as_slice() else { continue };
        found.insert(name.trim_matches('\'').to_owned(), BTreeSet::from([plain(text)]));
    }
    Ok(found)
}

/// `REFERENCES p` and `REFERENCES p (key)` are one: where it points is seen by its rows.
fn foreign_keys(connection: &Connection, table: &str) -> Result<Vec<String>, String> {
    let sql = format!(
        "SELECT 'foreign key', group_concat(lower(\"from\")), lower(\"table\"), on_update, on_delete \
         FROM (SELECT * FROM pragma_foreign_key_list({table}) ORDER BY id, seq) GROUP BY id"
    );
    texts(connection, &sql)
}

fn indexes(connection: &Connection, table: &str) -> Result<Vec<String>, String> {
    let listed = rows(
        connection,
        &format!(
            "SELECT name, \"unique\", origin, partial FROM pragma_index_list({table}) WHERE origin <> 'pk'"
        ),
    )?;
    let mut found = Vec::new();
    for index in listed {
        let [name, unique, origin, partial] = index.as_slice() else { continue };
        let parts = texts(
            connection,
            &format!(
                "SELECT seqno, lower(name), \"desc\", upper(coll), cid = -2 FROM pragma_index_xinfo({}) WHERE key",
                quoted(name)
            ),
        )?;
        let columns: Vec<&str> = parts.iter().map(String::as_str).collect();
        let plain_columns = parts.iter().all(|part| part.ends_with("|0"));
        if unique == "1" && partial == "0" && plain_columns {
            // A constraint and an index do the same, in whatever order they read.
            let columns: Vec<String> = columns.iter().map(|part| part.replace("|1|'", "|0|'")).collect();
            found.push(format!("unique {}", columns.join(" ")));
        } else {
            let sql =
                texts(connection, &format!("SELECT sql FROM sqlite_schema WHERE name = {}", quoted(name)))?;
            let body: String = sql.concat();
            let body = plain(&body);
            let body = body.split_once("on").map_or("", |(_, rest)| rest).to_owned();
            found.push(format!(
                "index {} {unique} {origin} {partial} {} {body}",
                name.to_ascii_lowercase(),
                columns.join(" ")
            ));
        }
    }
    Ok(found)
}

/// A name as it was shown, as a literal again.
fn quoted(shown: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = shown.trim_start_matches('\'').strip_suffix('\'').unwrap_or(shown).bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'x') => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                bytes.extend(u8::from_str_radix(&digits, 16).ok());
            }
            Some(b't') => bytes.push(b'\t'),
            Some(b'n') => bytes.push(b'\n'),
            Some(other) => bytes.push(other),
            None => {}
        }
    }
    quote_text(&String::from_utf8_lossy(&bytes))
}

/// Letters and digits of a text: neither layout nor quotes nor parentheses.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_whitespace() && !"\"`[]()\\'".contains(*character))
        .collect::<String>()
        .to_lowercase()
        .replace("\\n", "")
}
