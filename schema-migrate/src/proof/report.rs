use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use schema_core::model::{Engine, SchemaDef, TriggerDef};
use schema_core::rusqlite::Connection;

use crate::Error;
use crate::files::{Migration, Script};

/// What whoever mends the planner needs to know about a proof that failed: engine, both schemas, the
/// statements and the first difference. It holds definitions and no row of any database: the rows of a
/// proof are invented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofReport(String);

impl ProofReport {
    /// The report of a failure that is the planner's.
    pub(super) fn of(error: &Error, migration: &Migration, from: &SchemaDef, to: &SchemaDef) -> Self {
        let mut text =
            String::from("-- A proof that failed. Definitions and statements; no row of a database.\n");
        line(&mut text, "program", &format!("schema-migrate {}", env!("CARGO_PKG_VERSION")));
        line(&mut text, "engine", &engine());
        if let Some(engine) = migration.up.engine {
            line(&mut text, "needs", &format!("SQLite {engine}"));
        }
        if migration.up.foreign_keys_off {
            line(&mut text, "needs", "foreign_keys=off");
        }
        line(&mut text, "failed", error.what());
        line(&mut text, "found", error.reason().unwrap_or_default());
        part(&mut text, "the recorded schema", statements(from));
        part(&mut text, "the wanted schema", statements(to));
        part(&mut text, "up", script(&migration.up));
        part(&mut text, "down", script(&migration.down));
        Self(text)
    }

    /// What an error carries, where a proof failed by a fault of the planner.
    pub fn in_error(error: &Error) -> Option<&Self> {
        StdError::source(error)?.downcast_ref()
    }
}

impl fmt::Display for ProofReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl StdError for ProofReport {}

/// Version and source of the engine that the proof ran on.
fn engine() -> String {
    let source = Connection::open_in_memory()
        .and_then(|connection| connection.query_row("SELECT sqlite_source_id()", [], |row| row.get(0)));
    format!("SQLite {} {}", schema_core::rusqlite::version(), source.unwrap_or_else(|_| String::new()))
}

/// A line of the head; what has several goes on as comments.
fn line(text: &mut String, key: &str, value: &str) {
    for (position, value) in value.lines().enumerate() {
        let key = if position == 0 { format!("{key}:") } else { String::new() };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "-- {key:<9} {value}");
    }
}

fn part(text: &mut String, title: &str, statements: impl IntoIterator<Item = String>) {
    let _ = writeln!(text, "\n-- == {title}");
    for statement in statements {
        let _ = writeln!(text, "{statement};");
    }
}

/// The definitions of a schema, in an order in which SQLite takes them.
fn statements(schema: &SchemaDef) -> Vec<String> {
    let triggers = |triggers: &[TriggerDef]| -> Vec<String> {
        triggers.iter().filter_map(|trigger| trigger.sql.on(Engine::Sqlite)).map(str::to_owned).collect()
    };
    let tables = || schema.tables.iter().map(AsRef::as_ref);
    let indexes = tables().flat_map(|table| table.indexes.iter()).filter_map(|index| index.sql.as_deref());
    let mut found: Vec<String> =
        tables().filter_map(|table| table.sql.as_deref()).chain(indexes).map(str::to_owned).collect();
    found.extend(schema.virtual_tables.iter().map(|table| table.sql.to_string()));
    found.extend(schema.views.iter().filter_map(|view| view.sql.on(Engine::Sqlite)).map(str::to_owned));
    found.extend(tables().flat_map(|table| triggers(&table.triggers)));
    found.extend(schema.views.iter().flat_map(|view| triggers(&view.triggers)));
    found
}

fn script(script: &Script) -> Vec<String> {
    script.statements.iter().map(|statement| statement.sql.clone()).collect()
}
