//! The bookkeeping of other migration tools: recognised by its table, read, and left alone.

use schema_core::dialect::quote_identifier;
use schema_core::model::{SchemaDef, TableDef};
use schema_core::rusqlite::types::Value;
use schema_core::rusqlite::{self, Connection};

use crate::inspect::sqlite;
use crate::{Error, Result};

/// A tool that keeps a table of what it has applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tool {
    /// The word of `db-stamp --from`.
    pub word: &'static str,
    /// Its name.
    pub name: &'static str,
    /// Its table.
    pub table: &'static str,
    /// The columns by which the table is known; the first that says what was applied leads.
    columns: &'static [&'static str],
    /// What else belongs to it.
    beside: &'static [&'static str],
    /// Which of its rows are of a migration that has failed or was not finished, as a condition.
    failed: Option<&'static str>,
}

impl Tool {
    const fn failing(mut self, condition: &'static str) -> Self {
        self.failed = Some(condition);
        self
    }
}

const fn tool(
    word: &'static str,
    name: &'static str,
    table: &'static str,
    columns: &'static [&'static str],
    beside: &'static [&'static str],
) -> Tool {
    Tool { word, name, table, columns, beside, failed: None }
}

/// Every tool that is known. Where two have a table of one name, the one with more columns comes first.
pub const TOOLS: &[Tool] = &[
    tool("alembic", "Alembic", "alembic_version", &["version_num"], &[]),
    tool("drizzle", "Drizzle", "__drizzle_migrations", &["hash", "id", "created_at"], &[]),
    tool("diesel", "Diesel", "__diesel_schema_migrations", &["version", "run_on"], &[]),
    tool(
        "sqlx",
        "sqlx",
        "_sqlx_migrations",
        &["version", "description", "installed_on", "success", "checksum", "execution_time"],
        &[],
    )
    .failing("NOT success"),
    tool(
        "refinery",
        "refinery",
        "refinery_schema_history",
        &["version", "name", "applied_on", "checksum"],
        &[],
    ),
    tool("sea-orm", "SeaORM", "seaql_migrations", &["version", "applied_at"], &[]),
    tool("django", "Django", "django_migrations", &["name", "app", "applied"], &[]),
    tool(
        "prisma",
        "Prisma",
        "_prisma_migrations",
        &["migration_name", "checksum", "finished_at", "rolled_back_at"],
        &[],
    )
    .failing("finished_at IS NULL AND rolled_back_at IS NULL"),
    tool("knex", "Knex", "knex_migrations", &["name", "batch", "migration_time"], &["knex_migrations_lock"]),
    tool("sequelize", "Sequelize", "SequelizeMeta", &["name"], &[]),
    tool(
        "flyway",
        "Flyway",
        "flyway_schema_history",
        &["version", "installed_rank", "script", "success"],
        &[],
    )
    .failing("NOT success"),
    tool(
        "liquibase",
        "Liquibase",
        "DATABASECHANGELOG",
        &["ID", "AUTHOR", "FILENAME"],
        &["DATABASECHANGELOGLOCK"],
    ),
    tool("goose", "goose", "goose_db_version", &["version_id", "is_applied"], &[]),
    tool("golang-migrate", "golang-migrate", "schema_migrations", &["version", "dirty"], &[])
        .failing("dirty"),
    tool("rails", "Rails or dbmate", "schema_migrations", &["version"], &["ar_internal_metadata"]),
    tool(
        "ef",
        "Entity Framework",
        "__EFMigrationsHistory",
        &["MigrationId", "ProductVersion"],
        &["__EFMigrationsLock"],
    ),
];

/// What a tool has written down in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bookkeeping {
    /// The tool.
    pub tool: Tool,
    /// The revisions in its table, in the order of their rows.
    pub revisions: Vec<String>,
    /// Those of them that the tool has written down as failed or unfinished.
    pub failed: Vec<String>,
}

impl Bookkeeping {
    /// The newest revisions, in a line: `3 revisions, the last 20250101_add_users`.
    pub fn summary(&self) -> String {
        match self.revisions.as_slice() {
            [] => "no revision".to_owned(),
            [one] => format!("revision {one}"),
            [.., last] => format!("{} revisions, the last {last}", self.revisions.len()),
        }
    }
}

/// The tool of this word.
///
/// # Errors
/// No known tool has it.
pub fn tool_named(word: &str) -> Result<Tool> {
    TOOLS.iter().find(|tool| tool.word.eq_ignore_ascii_case(word)).copied().ok_or_else(|| {
        let words: Vec<&str> = TOOLS.iter().map(|tool| tool.word).collect();
        Error::usage(format!("`{word}` is no tool whose bookkeeping is known"))
            .why(format!("known are {}", words.join(", ")))
            .state("nothing was changed")
            .next("db-stamp --baseline adopts a database whatever built it")
    })
}

/// The bookkeeping of other tools in a database. Changes nothing.
pub fn bookkeeping(connection: &Connection) -> Result<Vec<Bookkeeping>> {
    let schema = sqlite::schema(connection)?;
    schema
        .tables
        .iter()
        .filter_map(|table| Some((table, tool_of(table)?)))
        .map(|(table, tool)| {
            let read = |condition| {
                revisions(connection, &table.name, tool.columns[0], condition).map_err(|error| {
                    Error::sqlite(format!("read {}", table.name), error).state("nothing was changed")
                })
            };
            let failed = tool.failed.map(read).transpose()?.unwrap_or_default();
            Ok(Bookkeeping { tool, revisions: read("TRUE")?, failed })
        })
        .collect()
}

/// The schema without the tables of other tools, those excepted that are wanted.
pub fn without_bookkeeping(mut schema: SchemaDef, wanted: &SchemaDef) -> SchemaDef {
    let tools: Vec<Tool> = schema.tables.iter().filter_map(|table| tool_of(table)).collect();
    if tools.is_empty() {
        return schema;
    }
    let is_theirs = |name: &str| {
        let same = |other: &str| name.eq_ignore_ascii_case(other);
        tools.iter().any(|tool| same(tool.table) || tool.beside.iter().any(|beside| same(beside)))
    };
    schema.tables.to_mut().retain(|table| !is_theirs(&table.name) || wanted.table(&table.name).is_some());
    schema
}

fn tool_of(table: &TableDef) -> Option<Tool> {
    let has = |column: &&str| table.columns.iter().any(|own| own.name.eq_ignore_ascii_case(column));
    let is_it = |tool: &&Tool| {
        table.name.eq_ignore_ascii_case(tool.table)
            && tool.columns.iter().all(has)
            // A table of one column is known by its name alone: it has no other.
            && (tool.columns.len() > 1 || table.columns.len() == 1)
    };
    TOOLS.iter().find(is_it).copied()
}

fn revisions(
    connection: &Connection,
    table: &str,
    column: &str,
    condition: &str,
) -> rusqlite::Result<Vec<String>> {
    let (column, table) = (quote_identifier(column), quote_identifier(table));
    let sql = format!("SELECT {column} FROM main.{table} WHERE {condition}");
    let mut statement = connection.prepare(&sql)?;
    let texts = statement.query_map([], |row| {
        Ok(match row.get::<_, Value>(0)? {
            Value::Text(text) => text,
            Value::Integer(number) => number.to_string(),
            Value::Real(number) => number.to_string(),
            Value::Null | Value::Blob(_) => "?".to_owned(),
        })
    })?;
    texts.collect()
}
