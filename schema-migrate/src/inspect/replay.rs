use schema_core::dialect::quote_identifier;
use schema_core::model::{Engine, SchemaDef, SqlText};
use schema_core::rusqlite::Connection;

use super::{execute, scratch};
use crate::Result;

/// A scratch database that holds the schema, built from its stored texts. Virtual tables, views and
/// triggers that this SQLite cannot build (an unknown module, a view that was broken before) are
/// left out: nothing here changes them.
pub fn replay(schema: &SchemaDef) -> Result<Connection> {
    let connection = replay_whole(schema)?;
    leave_out_broken(&connection, schema)?;
    Ok(connection)
}

/// The same, with the views and triggers that were broken before: SQLite stores them.
pub(crate) fn replay_whole(schema: &SchemaDef) -> Result<Connection> {
    let connection = scratch()?;
    for table in schema.tables.iter() {
        if let Some(sql) = &table.sql {
            execute(&connection, sql)?;
        }
    }
    for index in schema.tables.iter().flat_map(|table| table.indexes.iter()) {
        if let Some(sql) = &index.sql {
            execute(&connection, sql)?;
        }
    }
    for table in schema.virtual_tables.iter() {
        // A module that is not there builds nothing.
        let _ = connection.execute_batch(&table.sql);
    }
    for program in programs(schema) {
        program.build(&connection);
    }
    Ok(connection)
}

/// Drops the views and triggers of the schema that are broken. Gives their names.
pub(crate) fn leave_out_broken(connection: &Connection, schema: &SchemaDef) -> Result<Vec<String>> {
    if broken(connection)?.is_none() {
        return Ok(Vec::new());
    }
    let mut programs = programs(schema);
    programs.retain(|program| program.exists(connection));
    for program in programs.iter().rev() {
        connection.execute_batch(&program.drop())?;
    }
    let mut left_out = Vec::new();
    for program in &programs {
        program.build(connection);
        if broken(connection)?.is_some() {
            connection.execute_batch(&program.drop())?;
        }
        if !program.exists(connection) {
            left_out.push(program.name.to_owned());
        }
    }
    Ok(left_out)
}

/// A view or a trigger: text that runs later, so that it can be stored and yet be broken.
struct Program<'a> {
    kind: &'static str,
    name: &'a str,
    sql: &'a SqlText,
}

impl Program<'_> {
    /// Stores the text, unless SQLite refuses it outright.
    fn build(&self, connection: &Connection) {
        if let Some(sql) = self.sql.on(Engine::Sqlite) {
            let _ = connection.execute_batch(sql);
        }
    }

    fn exists(&self, connection: &Connection) -> bool {
        let sql = "SELECT 1 FROM sqlite_schema WHERE name = ?1 COLLATE NOCASE";
        connection.query_row(sql, [self.name], |_| Ok(())).is_ok()
    }

    fn drop(&self) -> String {
        format!("DROP {} IF EXISTS {}", self.kind, quote_identifier(self.name))
    }
}

fn programs(schema: &SchemaDef) -> Vec<Program<'_>> {
    let views = schema.views.iter().map(|view| Program { kind: "VIEW", name: &view.name, sql: &view.sql });
    let on_views = schema.views.iter().flat_map(|view| view.triggers.iter());
    let on_tables = schema.tables.iter().flat_map(|table| table.triggers.iter());
    let triggers = on_views.chain(on_tables).map(|trigger| Program {
        kind: "TRIGGER",
        name: &trigger.name,
        sql: &trigger.sql,
    });
    views.chain(triggers).collect()
}

/// What is wrong with a broken view or trigger, in SQLite's words, which name it. Such a one anywhere
/// keeps SQLite from renaming anything. A function that only the application knows breaks nothing.
///
/// For scratch databases: such functions are stood in for. Leaves no other trace, inside and outside of a
/// transaction. Needs `legacy_alter_table` to be off.
pub fn broken(connection: &Connection) -> Result<Option<String>> {
    const PROBE: &str = "_schema_probe";
    connection.execute_batch(&format!("CREATE TABLE {PROBE}(x)"))?;
    // Where an INSTEAD OF trigger's view calls such a function, SQLite does not overlook it by itself.
    let renamed = execute(connection, &format!("ALTER TABLE {PROBE} RENAME COLUMN x TO y"));
    connection.execute_batch(&format!("DROP TABLE {PROBE}"))?;
    Ok(renamed.err().map(|error| error.reason().unwrap_or(error.what()).to_owned()))
}
