use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_core::rusqlite::{self, Connection};

use super::observer::{Event, Observer};
use crate::sql::{Token, tokens, words};
use crate::{Error, Result};

/// What goes down with a table or view that is dropped, or would stand in the way while it is gone:
/// indexes, triggers, and views over it. What no migration records is put back once that is there
/// again; so are triggers of the connection itself.
#[derive(Debug, Default)]
pub(super) struct Carried(Vec<Object>);

#[derive(Clone, Debug)]
struct Object {
    kind: String,
    name: String,
    table: String,
    sql: String,
    /// Columns of the table that stand in the text in double quotes.
    quoted: Vec<String>,
}

impl Carried {
    /// Notes what stands on a table or view, just before it is dropped. Views over a view that no
    /// migration records are dropped with it.
    pub(super) fn note(
        &mut self,
        connection: &Connection,
        name: &str,
        recorded: Option<&SchemaDef>,
    ) -> Result<()> {
        let failed = |error: rusqlite::Error| Error::sqlite(format!("read what stands on {name}"), error);
        if let Some(recorded) = recorded
            && is_view(connection, name).map_err(failed)?
        {
            for view in views_over(connection, name, recorded).map_err(failed)? {
                let triggers = standing_on(connection, &view.name).map_err(failed)?;
                let drop = format!("DROP VIEW {}", quote_identifier(&view.name));
                connection.execute_batch(&drop).map_err(failed)?;
                self.0.push(view);
                self.0.extend(triggers);
            }
        }
        self.0.extend(standing_on(connection, name).map_err(failed)?);
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
        let (views, others): (Vec<Object>, Vec<Object>) =
            self.0.into_iter().partition(|object| object.kind == "view");
        for object in views.into_iter().rev().chain(others) {
            let is_temporary = object.kind == "temporary trigger";
            let recorded_here = !is_temporary && recorded.is_some_and(|schema| records(schema, &object.name));
            let has_place = object.kind == "view" || exists(connection, "main", &object.table)?;
            let schema = if is_temporary { "temp" } else { "main" };
            if recorded_here || exists(connection, schema, &object.name)? || !has_place {
                continue;
            }
            // A column that is gone would be read as text, where it stands in double quotes.
            let left = columns(connection, &object.table).unwrap_or_default();
            let restored = match object.quoted.iter().find(|name| !contains(&left, name)) {
                Some(column) => Err(format!("{} has no column {column} any more", object.table)),
                None => connection.execute_batch(&object.sql).map_err(|error| error.to_string()),
            };
            match restored {
                Ok(()) if is_temporary => {}
                Ok(()) => {
                    let text = format!("kept {}, which no migration records", described(&object));
                    observer.event(&Event::Warning { text: &text });
                    kept.push(text);
                }
                Err(error) if recorded.is_some() => {
                    return Err(Error::failed(format!(
                        "{}, which no migration records, does not fit what is there now",
                        described(&object)
                    ))
                    .why(format!("{error}\n{}", object.sql))
                    .next(format!(
                        "drop it by hand (DROP {} {}), or declare it in the model",
                        object.kind.trim_start_matches("temporary ").to_uppercase(),
                        quote_identifier(&object.name)
                    )));
                }
                Err(_) => {}
            }
        }
        Ok(kept)
    }
}

fn described(object: &Object) -> String {
    match object.kind.as_str() {
        "view" => format!("view {}", object.name),
        kind => format!("{kind} {} on {}", object.name, object.table),
    }
}

/// Indexes and triggers of a table or view, those of the connection among them.
fn standing_on(connection: &Connection, table: &str) -> rusqlite::Result<Vec<Object>> {
    let mut statement = connection.prepare(
        "SELECT type, name, tbl_name, sql FROM main.sqlite_schema
         WHERE type IN ('index', 'trigger') AND sql IS NOT NULL AND tbl_name = ?1 COLLATE NOCASE
         UNION ALL
         SELECT 'temporary trigger', name, tbl_name, 'CREATE TEMP ' || substr(sql, 8) FROM temp.sqlite_schema
         WHERE type = 'trigger' AND sql LIKE 'CREATE TRIGGER %' AND tbl_name = ?1 COLLATE NOCASE
         ORDER BY 1, 2",
    )?;
    // A broken view has none.
    let columns = columns(connection, table).unwrap_or_default();
    let rows = statement.query_map([table], |row| {
        let object = read(row)?;
        Ok(Object { quoted: quoted(&object.sql, &columns), ..object })
    })?;
    rows.collect()
}

fn columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_xinfo(?1, 'main')")?;
    statement.query_map([table], |row| row.get(0))?.collect()
}

/// The columns that stand in the text in double quotes.
fn quoted(sql: &str, columns: &[String]) -> Vec<String> {
    let all = tokens(sql).unwrap_or_default();
    let names = all.iter().filter(|token| token.text.starts_with('"')).map(Token::name);
    names.filter(|name| contains(columns, name)).collect()
}

fn contains(names: &[String], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Object> {
    let (kind, name, table, sql) = (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
    Ok(Object { kind, name, table, sql, quoted: Vec::new() })
}

/// The views over a view that no migration records, the topmost first.
fn views_over(connection: &Connection, name: &str, recorded: &SchemaDef) -> rusqlite::Result<Vec<Object>> {
    let mut statement = connection.prepare(
        "SELECT type, name, tbl_name, sql FROM main.sqlite_schema WHERE type = 'view' AND sql IS NOT NULL
         ORDER BY name",
    )?;
    let all: Vec<Object> = statement.query_map([], read)?.collect::<rusqlite::Result<_>>()?;
    let mut open: Vec<(Object, _)> = all
        .into_iter()
        .filter(|view| !view.name.eq_ignore_ascii_case(name))
        .filter(|view| !recorded.views.iter().any(|known| known.name.eq_ignore_ascii_case(&view.name)))
        .map(|view| (words(&view.sql), view))
        .map(|(words, view)| (view, words))
        .collect();
    let mut names = vec![name.to_ascii_lowercase()];
    let mut found = Vec::new();
    // A view over several of them may be found before one that it stands on: each round is one storey.
    loop {
        let (above, rest): (Vec<_>, Vec<_>) =
            open.into_iter().partition(|(_, words)| names.iter().any(|name| words.contains(name)));
        if above.is_empty() {
            break;
        }
        names.extend(above.iter().map(|(view, _)| view.name.to_ascii_lowercase()));
        found.extend(above.into_iter().map(|(view, _)| view));
        open = rest;
    }
    found.reverse();
    Ok(found)
}

fn is_view(connection: &Connection, name: &str) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'view' AND name = ?1 COLLATE NOCASE)",
        [name],
        |row| row.get(0),
    )
}

fn records(schema: &SchemaDef, name: &str) -> bool {
    let is = |other: &str| other.eq_ignore_ascii_case(name);
    let on_tables = schema.tables.iter().any(|table| {
        table.indexes.iter().any(|index| is(&index.name))
            || table.triggers.iter().any(|trigger| is(&trigger.name))
    });
    let on_views = |view: &schema_core::model::ViewDef| {
        is(&view.name) || view.triggers.iter().any(|trigger| is(&trigger.name))
    };
    on_tables || schema.views.iter().any(|view| on_views(view))
}

fn exists(connection: &Connection, schema: &str, name: &str) -> Result<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {schema}.sqlite_schema WHERE name = ?1 COLLATE NOCASE)");
    connection
        .query_row(&sql, [name], |row| row.get(0))
        .map_err(|error| Error::sqlite("read the schema", error))
}
