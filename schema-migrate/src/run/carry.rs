use schema_core::model::SchemaDef;
use schema_core::rusqlite::{self, Connection};

use super::observer::{Event, Observer};
use crate::{Error, Result};

/// Indexes and triggers that go down with a table which is dropped. Those that no migration records
/// are put back once the table is there again.
#[derive(Debug, Default)]
pub(super) struct Carried(Vec<Object>);

#[derive(Debug)]
struct Object {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

impl Carried {
    /// Notes what stands on a table, just before it is dropped.
    pub(super) fn note(&mut self, connection: &Connection, table: &str) -> Result<()> {
        let found: rusqlite::Result<Vec<Object>> = connection
            .prepare(
                "SELECT type, name, tbl_name, sql FROM main.sqlite_schema
                 WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name = ?1 COLLATE NOCASE
                 ORDER BY type, name",
            )
            .and_then(|mut statement| {
                statement
                    .query_map([table], |row| {
                        Ok(Object {
                            kind: row.get(0)?,
                            name: row.get(1)?,
                            table: row.get(2)?,
                            sql: row.get(3)?,
                        })
                    })?
                    .collect()
            });
        self.0.extend(found.map_err(|error| Error::sqlite(format!("read what stands on {table}"), error))?);
        Ok(())
    }

    /// Puts back what is gone, whose table is there, and which no migration records. Where it is not
    /// known what migrations record, what cannot be put back is only reported.
    pub(super) fn restore(
        self,
        connection: &Connection,
        recorded: Option<&SchemaDef>,
        observer: &mut dyn Observer,
    ) -> Result<Vec<String>> {
        let mut kept = Vec::new();
        for object in self.0 {
            let recorded_here = recorded.is_some_and(|schema| records(schema, &object.name));
            if recorded_here || exists(connection, &object.name)? || !exists(connection, &object.table)? {
                continue;
            }
            match connection.execute_batch(&object.sql) {
                Ok(()) => {
                    let text = format!(
                        "kept {} {} on {}, which no migration records",
                        object.kind, object.name, object.table
                    );
                    observer.event(&Event::Warning { text: &text });
                    kept.push(text);
                }
                Err(error) if recorded.is_some() => {
                    return Err(Error::failed(format!(
                        "{} {} on {}, which no migration records, does not fit the new table",
                        object.kind, object.name, object.table
                    ))
                    .why(format!("{error}\n{}", object.sql))
                    .next(format!(
                        "drop it by hand (DROP {} \"{}\"), or declare it in the model",
                        object.kind.to_uppercase(),
                        object.name
                    )));
                }
                Err(_) => {}
            }
        }
        Ok(kept)
    }
}

fn records(schema: &SchemaDef, name: &str) -> bool {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    schema.tables.iter().any(|table| {
        table.indexes.iter().any(|index| is(&index.name))
            || table.triggers.iter().any(|trigger| is(&trigger.name))
    })
}

fn exists(connection: &Connection, name: &str) -> Result<bool> {
    connection
        .query_row(
            "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE name = ?1 COLLATE NOCASE)",
            [name],
            |row| row.get(0),
        )
        .map_err(|error| Error::sqlite("read the schema", error))
}
