use schema_core::model::SchemaDef;
use schema_core::rusqlite::{self, Connection, params};

use super::owned::{Kind, Names};
use crate::inspect::{execute, scratch, sqlite};
use crate::{Error, Result};

/// Name of the table in which a push writes down what it made.
pub const TABLE: &str = "_schema_pushed";

const CREATE: &str = "CREATE TABLE IF NOT EXISTS main._schema_pushed (
  kind TEXT NOT NULL,
  name TEXT NOT NULL COLLATE NOCASE,
  sql TEXT NOT NULL,
  PRIMARY KEY (kind, name)
)";

/// Something in a database, with the text that made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    pub(super) kind: String,
    pub(super) name: String,
    sql: String,
}

/// What pushes have made or changed. Empty where there was none.
pub(super) fn read(connection: &Connection) -> Result<Vec<Object>> {
    let failed = |error| {
        Error::sqlite("read what was pushed", error)
            .state("nothing was changed")
            .next(format!("see what the table {TABLE} holds; it belongs to db-push"))
    };
    if !exists(connection).map_err(failed)? {
        return Ok(Vec::new());
    }
    objects(connection, "SELECT kind, name, sql FROM main._schema_pushed ORDER BY kind, name").map_err(failed)
}

/// How many objects pushes have made or changed that no migration records yet.
///
/// # Errors
/// The table of pushes cannot be read.
pub fn pushed(connection: &Connection) -> Result<usize> {
    read(connection).map(|objects| objects.len())
}

/// The tables among them, with their columns.
pub(super) fn tables(pushed: &[Object]) -> Result<SchemaDef> {
    let connection = scratch()?;
    for table in pushed.iter().filter(|object| object.kind == "table") {
        execute(&connection, &table.sql)?;
    }
    sqlite::schema(&connection)
}

/// Everything that has a text in the database itself.
pub(super) fn stored(connection: &Connection) -> Result<Vec<Object>> {
    objects(
        connection,
        "SELECT type, name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_schema\\_%' ESCAPE '\\'",
    )
    .map_err(|error| Error::sqlite("read the schema", error))
}

/// Writes down what is new or another than `before`, inside the transaction of the push. What was there
/// and belongs to somebody else stays theirs, also where a rename has changed its text.
pub(super) fn write(connection: &Connection, before: &[Object], ours: &Names) -> Result<()> {
    let after = stored(connection)?;
    let is_made = |object: &&Object| {
        let was = before.iter().find(|other| other.kind == object.kind && other.is(&object.name));
        was.is_none_or(|was| was.sql != object.sql && ours.has(Kind::of(&object.kind), &object.name))
    };
    let written = connection.execute_batch(CREATE).and_then(|()| {
        for object in after.iter().filter(is_made) {
            connection.execute(
                "INSERT INTO main._schema_pushed (kind, name, sql) VALUES (?1, ?2, ?3)
                 ON CONFLICT (kind, name) DO UPDATE SET name = excluded.name, sql = excluded.sql",
                params![object.kind, object.name, object.sql],
            )?;
        }
        connection.execute(
            "DELETE FROM main._schema_pushed WHERE NOT EXISTS (SELECT 1 FROM main.sqlite_schema AS live
             WHERE live.type = _schema_pushed.kind AND live.name = _schema_pushed.name COLLATE NOCASE)",
            [],
        )
    });
    written.map(drop).map_err(|error| Error::sqlite("write down what was pushed", error))
}

/// Takes the table away, once migrations record what was pushed.
pub(super) fn forget(connection: &Connection) -> Result<()> {
    connection
        .execute_batch("DROP TABLE IF EXISTS main._schema_pushed")
        .map_err(|error| Error::sqlite("forget what was pushed", error))
}

impl Object {
    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

fn exists(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row(
        "SELECT EXISTS (SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1)",
        [TABLE],
        |row| row.get(0),
    )
}

fn objects(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<Object>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement
        .query_map([], |row| Ok(Object { kind: row.get(0)?, name: row.get(1)?, sql: row.get(2)? }))?;
    rows.collect()
}
