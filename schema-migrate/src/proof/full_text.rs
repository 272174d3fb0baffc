use schema_core::dialect::quote_identifier;
use schema_core::model::{SchemaDef, VirtualTableDef};
use schema_core::rusqlite::Connection;
use schema_core::rusqlite::types::Value;

use crate::inspect::sqlite::definition::{Content, VirtualTableText};
use crate::{Error, Result};

/// What full-text tables hold before a migration.
#[derive(Debug)]
pub(super) struct FullText {
    /// Those that do not match their rows before either: the application keeps them in another way.
    odd: Vec<String>,
    /// The rows of those that keep them themselves.
    own: Vec<Own>,
}

#[derive(Debug)]
struct Own {
    name: String,
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// Gives every full-text table that keeps its rows itself a few of them.
pub(super) fn fill(connection: &Connection, schema: &SchemaDef) {
    for (table, text) in full_text(schema).filter(|(_, text)| text.content() == Content::Own) {
        let columns = names(&text);
        for rowid in [3, 7, 11] {
            let values = columns.iter().map(|column| format!("'{} {rowid}'", column.replace('\'', "''")));
            let values: Vec<String> = [rowid.to_string()].into_iter().chain(values).collect();
            // A tokenizer of the application takes no rows here.
            let _ = connection.execute_batch(&format!(
                "INSERT INTO {} ({}) VALUES ({})",
                quote_identifier(&table.name),
                listed(&columns),
                values.join(", ")
            ));
        }
    }
}

impl FullText {
    /// Builds each index from its rows, whatever rows were taken out behind its back, and reads.
    pub(super) fn read(connection: &Connection, schema: &SchemaDef) -> Result<Self> {
        let mut found = Self { odd: Vec::new(), own: Vec::new() };
        for (table, text) in full_text(schema) {
            let name = quote_identifier(&table.name);
            match text.content() {
                Content::External(_) => {
                    let _ =
                        connection.execute_batch(&format!("INSERT INTO {name} ({name}) VALUES ('rebuild')"));
                }
                Content::Own => {
                    let columns = names(&text);
                    let rows = rows(connection, &table.name, &columns)?;
                    found.own.push(Own { name: table.name.to_string(), columns, rows });
                }
                Content::None => {}
            }
            if !matches(connection, table, &text) {
                found.odd.push(table.name.to_string());
            }
        }
        Ok(found)
    }

    /// The first full-text table that does not match its rows, or has lost some of its own.
    pub(super) fn lost(&self, connection: &Connection, schema: &SchemaDef) -> Result<Option<String>> {
        for (table, text) in full_text(schema) {
            let is_odd = self.odd.iter().any(|name| name.eq_ignore_ascii_case(&table.name));
            if !is_odd && !matches(connection, table, &text) {
                return Ok(Some(format!("the full-text table {} does not match its rows", table.name)));
            }
            let own = self.own.iter().find(|own| own.name.eq_ignore_ascii_case(&table.name));
            let Some(own) = own.filter(|_| text.content() == Content::Own) else { continue };
            let now = names(&text);
            let kept: Vec<usize> = (0..own.columns.len())
                .filter(|at| now.iter().any(|name| name.eq_ignore_ascii_case(&own.columns[*at])))
                .collect();
            let columns: Vec<String> = kept.iter().map(|at| own.columns[*at].clone()).collect();
            let before = own.rows.iter().map(|row| {
                row.first().into_iter().chain(kept.iter().map(|at| &row[at + 1])).cloned().collect::<Vec<_>>()
            });
            if !before.eq(rows(connection, &table.name, &columns)?) {
                return Ok(Some(format!("the rows of the full-text table {} are others", table.name)));
            }
        }
        Ok(None)
    }
}

fn full_text(schema: &SchemaDef) -> impl Iterator<Item = (&VirtualTableDef, VirtualTableText)> {
    schema.virtual_tables.iter().filter_map(|table| {
        let text = VirtualTableText::read(&table.sql).filter(VirtualTableText::is_full_text)?;
        Some((table, text))
    })
}

fn names(text: &VirtualTableText) -> Vec<String> {
    text.columns.iter().filter_map(|words| words.first()).cloned().collect()
}

fn listed(columns: &[String]) -> String {
    let quoted = columns.iter().map(|name| quote_identifier(name));
    ["rowid".to_owned()].into_iter().chain(quoted).collect::<Vec<_>>().join(", ")
}

fn rows(connection: &Connection, table: &str, columns: &[String]) -> Result<Vec<Vec<Value>>> {
    let sql = format!("SELECT {} FROM {} ORDER BY rowid", listed(columns), quote_identifier(table));
    let found: schema_core::rusqlite::Result<Vec<Vec<Value>>> =
        connection.prepare(&sql).and_then(|mut statement| {
            statement.query_map([], |row| (0..=columns.len()).map(|at| row.get(at)).collect())?.collect()
        });
    found.map_err(|error| Error::sqlite(format!("read {table} on a scratch database"), error))
}

/// Asks the module itself. With a rank of 1, FTS5 compares external content too.
/// <https://www.sqlite.org/fts5.html#the_integrity_check_command>
fn matches(connection: &Connection, table: &VirtualTableDef, text: &VirtualTableText) -> bool {
    let name = quote_identifier(&table.name);
    let sql = match text.module.as_str() {
        "fts5" => format!("INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)"),
        "fts4" => format!("INSERT INTO {name} ({name}) VALUES ('integrity-check')"),
        _ => return true,
    };
    connection.execute_batch(&sql).is_ok()
}
