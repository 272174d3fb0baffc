use schema_core::model::VirtualTableDef;
use schema_core::rusqlite::Connection;
use schema_core::rusqlite::config::DbConfig;
use schema_ops::unknown_name;

use crate::run::Interrupt;
use crate::sql::tokens;
use crate::{Error, Result};

/// How many functions and collating sequences one statement may use that SQLite does not know.
const UNKNOWN_LIMIT: usize = 64;

/// An empty in-memory database with the settings of the engine's own work: texts found in the wild
/// hold double-quoted strings and are read as their writer meant them, foreign keys are not
/// enforced, and renaming follows every reference.
pub fn scratch() -> Result<Connection> {
    let mut connection =
        Connection::open_in_memory().map_err(|error| Error::sqlite("open a scratch database", error))?;
    configure(&connection)
        .and_then(|()| Interrupt::stop_scratch(&mut connection))
        .map_err(|error| Error::sqlite("set up a scratch database", error))?;
    Ok(connection)
}

fn configure(connection: &Connection) -> schema_core::rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_LEGACY_ALTER_TABLE, false)?;
    Ok(())
}

/// Runs definitions on a scratch database. A function that only the application knows is stood in
/// for by one that returns NULL, and a collating sequence by one that compares bytes: a definition
/// that names them is read all the same.
pub fn execute(connection: &Connection, sql: &str) -> Result<()> {
    for _ in 0..UNKNOWN_LIMIT {
        let Err(error) = connection.execute_batch(sql) else { return Ok(()) };
        let Some(unknown) = unknown_name(&error.to_string()) else {
            return Err(Error::sqlite(format!("run `{}` on a scratch database", first_line(sql)), error));
        };
        unknown.stand_in(connection)?;
    }
    Err(Error::failed(format!("`{}` uses too many unknown functions", first_line(sql))))
}

/// The collating sequences that a definition names and only the application has.
pub(crate) fn collations_in(sql: &str) -> Vec<String> {
    let all = tokens(sql).unwrap_or_default();
    let named = all.windows(2).filter(|pair| pair[0].is("COLLATE")).map(|pair| pair[1].name());
    let is_own = |name: &str| ["BINARY", "NOCASE", "RTRIM"].iter().any(|own| own.eq_ignore_ascii_case(name));
    named.filter(|name| !is_own(name)).collect()
}

/// Whether this SQLite can build a virtual table: it has the module, and what the module asks for,
/// such as a tokenizer of a full-text index.
pub(crate) fn can_build(table: &VirtualTableDef) -> bool {
    scratch().is_ok_and(|connection| connection.execute_batch(&table.sql).is_ok())
}

/// Whether SQLite's message says that a virtual table cannot be used here, though it may be right for
/// the program that brings its module or tokenizer.
pub(crate) fn is_foreign(message: &str) -> bool {
    ["no such module", "no such tokenizer", "vtable constructor failed"]
        .iter()
        .any(|text| message.contains(text))
}

fn first_line(sql: &str) -> &str {
    sql.trim_start().lines().next().unwrap_or_default()
}
