//! What the values of a database are, whatever its columns declare.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_core::rusqlite::{Connection, ErrorCode};

use crate::{Error, Result};

/// The kinds of a column's stored values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each kind is there or not")]
pub struct Kinds {
    /// Whether a value is NULL.
    pub null: bool,
    /// Whether a value is an integer.
    pub integer: bool,
    /// Whether a value is a floating-point number.
    pub real: bool,
    /// Whether a value is text.
    pub text: bool,
    /// Whether a value is a blob.
    pub blob: bool,
    /// Whether an integer is neither 0 nor 1.
    pub beyond_boolean: bool,
}

/// What was seen of a database's values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    kinds: HashMap<(String, String), Kinds>,
    /// Tables and views whose values were not all seen: the time was up, or they cannot be read here.
    pub unseen: Vec<String>,
}

/// Kinds counted for a column, in the order of [`Kinds`].
const COUNTED: usize = 6;

/// Columns a statement: SQLite has a limit of 2,000 result columns.
const COLUMNS: usize = 200;

impl Facts {
    /// Looks at every value of every table and view, for as long as `within` in all.
    pub fn read(connection: &mut Connection, schema: &SchemaDef, within: Duration) -> Result<Self> {
        let until = Instant::now() + within;
        let stop = connection.progress_handler(20_000, Some(move || Instant::now() > until));
        stop.map_err(|error| Error::sqlite("look at the values", error))?;
        let mut facts = Self::default();
        for table in schema.tables.iter() {
            let columns: Vec<String> = table.columns.iter().map(|column| column.name.to_string()).collect();
            facts.look(connection, &table.name, &columns);
        }
        for view in schema.views.iter() {
            let sql = format!("SELECT * FROM main.{} LIMIT 0", quote_identifier(&view.name));
            let names = connection
                .prepare(&sql)
                .map(|statement| statement.column_names().map(str::to_owned).collect::<Vec<_>>());
            match names {
                Ok(columns) => facts.look(connection, &view.name, &columns),
                Err(_) => facts.unseen.push(view.name.to_string()),
            }
        }
        let none: Option<fn() -> bool> = None;
        connection.progress_handler(0, none).map_err(|error| Error::sqlite("look at the values", error))?;
        Ok(facts)
    }

    fn look(&mut self, connection: &Connection, table: &str, columns: &[String]) {
        for chunk in columns.chunks(COLUMNS) {
            match kinds(connection, table, chunk) {
                Ok(found) => {
                    self.kinds.extend(
                        chunk
                            .iter()
                            .zip(found)
                            .map(|(column, kinds)| ((table.to_owned(), column.clone()), kinds)),
                    );
                }
                Err(error) => {
                    // A function that only the application has, or no time left: its types are as declared.
                    debug_assert!(error.sqlite_error_code() != Some(ErrorCode::ApiMisuse));
                    self.unseen.push(table.to_owned());
                    return;
                }
            }
        }
    }

    /// What was seen of a column; `None` where it was not looked at.
    pub fn of(&self, table: &str, column: &str) -> Option<Kinds> {
        self.kinds.get(&(table.to_owned(), column.to_owned())).copied()
    }
}

fn kinds(
    connection: &Connection,
    table: &str,
    columns: &[String],
) -> schema_core::rusqlite::Result<Vec<Kinds>> {
    // The sum takes away a collating sequence that only the application has.
    let seen: Vec<String> = columns
        .iter()
        .map(|column| {
            let name = quote_identifier(column);
            format!(
                "max(typeof({name}) = 'null'), max(typeof({name}) = 'integer'), max(typeof({name}) = 'real'), \
                 max(typeof({name}) = 'text'), max(typeof({name}) = 'blob'), \
                 max(typeof({name}) = 'integer' AND {name} + 0 NOT IN (0, 1))"
            )
        })
        .collect();
    let sql = format!("SELECT {} FROM main.{}", seen.join(", "), quote_identifier(table));
    connection.query_row(&sql, [], |row| {
        let mut found = Vec::with_capacity(columns.len());
        for at in 0..columns.len() {
            let mut seen = [false; COUNTED];
            for (kind, seen) in seen.iter_mut().enumerate() {
                // NULL where there is no row.
                *seen = row.get::<_, Option<bool>>(at * COUNTED + kind)?.unwrap_or(false);
            }
            let [null, integer, real, text, blob, beyond_boolean] = seen;
            found.push(Kinds { null, integer, real, text, blob, beyond_boolean });
        }
        Ok(found)
    })
}
