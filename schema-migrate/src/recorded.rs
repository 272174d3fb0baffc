//! The recorded schema: what the migration files build on an empty database.

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use crate::files::{Migration, Script};
use crate::inspect::{execute, scratch, sqlite};
use crate::{Error, Result};

/// The schema that these migrations build, in the order given.
pub fn recorded<'a>(migrations: impl IntoIterator<Item = &'a Migration>) -> Result<SchemaDef> {
    sqlite::schema(&replay(migrations)?)
}

/// A scratch database on which these migrations have run.
pub(crate) fn replay<'a>(migrations: impl IntoIterator<Item = &'a Migration>) -> Result<Connection> {
    let connection = scratch()?;
    for migration in migrations {
        run(&connection, migration, &migration.up)?;
    }
    Ok(connection)
}

/// Runs one direction of a migration on a scratch database.
pub(crate) fn run(connection: &Connection, migration: &Migration, script: &Script) -> Result<()> {
    statements(connection, migration, script)?;
    connection.execute_batch("PRAGMA legacy_alter_table=OFF")?;
    Ok(())
}

/// Runs statements of a migration on a scratch database, and leaves the settings that they make to the
/// statements that follow.
pub(crate) fn statements(connection: &Connection, migration: &Migration, script: &Script) -> Result<()> {
    let total = script.statements.len();
    for (number, statement) in (1..).zip(&script.statements) {
        execute(connection, &statement.sql).map_err(|error| {
            let which =
                if total > 1 { format!(": statement {number} of {total} failed") } else { String::new() };
            Error::failed(format!("{} does not run on a scratch database{which}", migration.revision))
                .why(format!("{}\n{}", error.reason().unwrap_or_default(), shown(&statement.sql)))
                .place(format!("{}:{}", migration.path.display(), statement.line))
                .state("nothing was changed")
                .next("correct the file: every migration has to run on what those before it build")
        })?;
    }
    Ok(())
}

/// A statement, cut where it is long.
pub(crate) fn shown(sql: &str) -> String {
    const LINES: usize = 12;
    let mut text: Vec<&str> = sql.lines().take(LINES).collect();
    if sql.lines().count() > LINES {
        text.push("..");
    }
    text.join("\n")
}
