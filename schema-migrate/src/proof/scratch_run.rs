//! Migrations on filled scratch databases, as the runner would run them.

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use super::copy::{copy, count, keep_only};
use crate::files::{Migration, Script};
use crate::inspect::sqlite;
use crate::recorded;
use crate::run::Violations;
use crate::sql::tokens;
use crate::{Error, Result};

/// Why a migration does not run, and at which of its statements.
#[derive(Debug)]
pub(crate) struct Stop {
    pub(crate) error: Error,
    /// The position of the statement; `None` where all of them ran and what they leave does not hold.
    pub(crate) statement: Option<usize>,
    /// The tables that are concerned, under the names that they have then.
    pub(crate) tables: Vec<String>,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self { error, statement: None, tables: Vec::new() }
    }
}

/// Runs one direction of a migration, in a transaction unless it asks for none and with foreign keys as it
/// asks, and looks for rows that it leaves without a parent.
pub(crate) fn run(database: &Connection, migration: &Migration, script: &Script) -> Result<(), Stop> {
    let before = Violations::read(database)?;
    let switch = if script.runs_without_foreign_keys() { "OFF" } else { "ON" };
    let wrapped = |sql: &str| {
        database.execute_batch(sql).map_err(|error| Error::sqlite("run a scratch migration", error))
    };
    let (begin, commit, rollback) =
        if script.no_transaction { ("", "", "") } else { ("BEGIN", "COMMIT;", "ROLLBACK;") };
    wrapped(&format!("PRAGMA foreign_keys={switch}; {begin}"))?;
    for (position, statement) in script.statements.iter().enumerate() {
        let one = Script { statements: vec![statement.clone()], ..script.clone() };
        if let Err(error) = recorded::statements(database, migration, &one) {
            let tables = sqlite::schema(database).map(|schema| tables_in(&statement.sql, &schema))?;
            wrapped(&format!("{rollback} PRAGMA legacy_alter_table=OFF; PRAGMA foreign_keys=OFF"))?;
            return Err(Stop { error, statement: Some(position), tables });
        }
    }
    wrapped(&format!("PRAGMA legacy_alter_table=OFF; {commit} PRAGMA foreign_keys=OFF"))?;
    let found = Violations::read(database)?.new_since(&before);
    let Some((violation, count)) = found.first() else { return Ok(()) };
    let rows = if *count == 1 { "1 row has".to_owned() } else { format!("{count} rows have") };
    let error = Error::failed(format!("{} leaves rows without a parent", migration.revision))
        .why(format!("{rows} no parent: {} refers to {}", violation.child, violation.parent))
        .place(migration.path.display().to_string());
    let tables = found.iter().map(|(violation, _)| violation.child.clone()).collect();
    Err(Stop { error, statement: None, tables })
}

/// The tables of a schema that a statement names.
pub(crate) fn tables_in(sql: &str, schema: &SchemaDef) -> Vec<String> {
    let all = tokens(sql).unwrap_or_default();
    let is_named = |name: &str| all.iter().any(|token| token.names(name));
    let tables = schema.tables.iter().map(|table| table.name.to_string());
    tables.filter(|name| is_named(name)).collect()
}

/// What an attempt gives on filled tables, the rows on which it does, and the tables that had to be
/// emptied for it: rows that are invented need not be what a migration asks of them.
pub(crate) struct Fitting<T> {
    pub(crate) outcome: T,
    pub(crate) base: Connection,
    pub(crate) emptied: Vec<String>,
}

/// Tries on copies of a filled database; while a statement fails, without the rows of the tables that it
/// is about, and in the end without any.
pub(crate) fn fitting<T>(
    base: Connection,
    schema: &SchemaDef,
    attempt: impl Fn(&Connection) -> Result<T, Stop>,
) -> Result<Fitting<T>, Stop> {
    let mut emptied: Vec<String> = Vec::new();
    let filled = |name: &String| count(&base, name).is_ok_and(|rows| rows > 0);
    loop {
        let stop = match attempt(&base) {
            Ok(outcome) => return Ok(Fitting { outcome, base: copy(&base)?, emptied }),
            Err(stop) => stop,
        };
        let mut blamed: Vec<String> = stop.tables.iter().filter(|name| filled(name)).cloned().collect();
        if blamed.is_empty() {
            blamed = schema
                .tables
                .iter()
                .map(|table| table.name.to_string())
                .filter(|name| filled(name))
                .collect();
        }
        if blamed.is_empty() {
            return Err(stop);
        }
        for table in blamed {
            keep_only(&base, &table, &[])?;
            emptied.push(table);
        }
    }
}
