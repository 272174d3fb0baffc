use std::{collections::BTreeMap, path::Path};

use schema_core::{
    dialect::quote_identifier,
    rusqlite::{Connection, types::Value},
};

/// What the first revision called a table's columns, and what today's models call them.
const COLUMNS: [(&str, &[(&str, &str)]); 4] = [
    (
        "books",
        &[
            ("id", "id"),
            ("title", "title"),
            ("author", "author"),
            ("author_sort", "author_sort"),
            ("language", "language"),
            ("year", "published_year"),
            ("pages", "pages"),
            ("subjects", "subjects"),
            ("path", "path"),
            ("has_cover", "has_cover"),
            ("last_synced", "last_synced"),
            ("orphan", "is_orphan"),
        ],
    ),
    (
        "reading_sessions",
        &[
            ("id", "id"),
            ("book_id", "book_id"),
            ("user_id", "user_id"),
            ("status", "status"),
            ("rating", "rating"),
            ("review", "review"),
            ("started_date", "started_date"),
            ("completed_date", "completed_date"),
            ("is_archived", "is_archived"),
            ("created_at", "created_at"),
            ("updated_at", "updated_at"),
        ],
    ),
    (
        "progress_logs",
        &[
            ("id", "id"),
            ("session_id", "session_id"),
            ("current_page", "current_page"),
            ("percentage", "percentage"),
            ("read_at", "read_at"),
            ("notes", "notes"),
        ],
    ),
    (
        "streaks",
        &[
            ("id", "id"),
            ("user_id", "user_id"),
            ("current_streak", "current_streak"),
            ("longest_streak", "longest_streak"),
            ("last_activity_date", "last_activity_date"),
            ("total_days_active", "total_days_active"),
            ("updated_at", "updated_at"),
        ],
    ),
];

type Rows = BTreeMap<i64, Vec<Value>>;

/// Every cell of the old database.
#[derive(Debug)]
pub(super) struct Snapshot(Vec<Rows>);

impl Snapshot {
    pub(super) fn of_first_revision(database: &Path) -> Result<Self, String> {
        let connection = open(database)?;
        COLUMNS
            .iter()
            .map(|(table, columns)| read(&connection, table, columns.iter().map(|(old, _)| *old)))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Compares every cell with the migrated database.
    pub(super) fn prove(&self, database: &Path) -> Result<(), String> {
        let connection = open(database)?;
        for ((table, columns), before) in COLUMNS.iter().zip(&self.0) {
            let after = read(&connection, table, columns.iter().map(|(_, new)| *new))?;
            let mut meant = 0;
            for (id, old) in before {
                let new = after.get(id).ok_or_else(|| format!("row {id} of {table} is gone"))?;
                for (((name, _), old), new) in columns.iter().zip(old).zip(new) {
                    match same(table, name, old, new) {
                        Same::Cell => {}
                        Same::Meaning => meant += 1,
                        Same::No => {
                            return Err(format!("{table}.{name} of row {id} was {old:?}, is {new:?}"));
                        }
                    }
                }
            }
            if after.len() != before.len() {
                return Err(format!("{table} had {} rows, has {}", before.len(), after.len()));
            }
            let cells = before.len() * columns.len();
            println!(
                "{table:<18} {:>6} rows, {cells:>7} cells the same, {meant} of them in their new form",
                before.len()
            );
        }
        let integrity: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .map_err(|error| error.to_string())?;
        let orphans: i64 = connection
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
            .map_err(|error| error.to_string())?;
        println!("integrity_check    {integrity}\nforeign_key_check  {orphans} violations");
        if integrity == "ok" && orphans == 0 { Ok(()) } else { Err("the database is not whole".to_owned()) }
    }
}

enum Same {
    Cell,
    /// Another value that the models give the same meaning: what the migration was written to change.
    Meaning,
    No,
}

fn same(table: &str, column: &str, old: &Value, new: &Value) -> Same {
    match (table, column, old, new) {
        _ if old == new => Same::Cell,
        ("reading_sessions", "status", Value::Text(old), Value::Text(new))
            if old == "finished" && new == "read" =>
        {
            Same::Meaning
        }
        ("books", "subjects", Value::Null, Value::Text(new)) if new == "[]" => Same::Meaning,
        #[allow(clippy::cast_precision_loss, clippy::float_cmp, reason = "whole percentages are exact")]
        ("progress_logs", "percentage", Value::Integer(old), Value::Real(new)) if *old as f64 == *new => {
            Same::Meaning
        }
        _ => Same::No,
    }
}

fn open(database: &Path) -> Result<Connection, String> {
    Connection::open(database).map_err(|error| format!("{}: {error}", database.display()))
}

fn read<'c>(
    connection: &Connection,
    table: &str,
    columns: impl Iterator<Item = &'c str>,
) -> Result<Rows, String> {
    let columns: Vec<String> = columns.map(quote_identifier).collect();
    let sql = format!("SELECT {} FROM {}", columns.join(", "), quote_identifier(table));
    let read = || {
        let mut statement = connection.prepare(&sql)?;
        let width = columns.len();
        statement
            .query_map([], |row| {
                Ok((row.get(0)?, (0..width).map(|at| row.get(at)).collect::<Result<_, _>>()?))
            })?
            .collect::<Result<Rows, _>>()
    };
    read().map_err(|error| format!("{table}: {error}"))
}
