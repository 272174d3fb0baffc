//! What has to hold after a point.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Output},
};

use schema_core::rusqlite::{Connection, types::ValueRef};

use super::{point::Point, subject, world::Sandbox};

/// What is in a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Contents {
    /// Definitions of everything but what SQLite keeps for itself.
    schema: Vec<String>,
    history: Vec<String>,
    /// All rows of all tables.
    rows: u64,
    notes_missing: i64,
}

/// A database before and after the migration, where nothing went wrong.
#[derive(Debug)]
pub(super) struct Judge {
    old: Contents,
    new: Contents,
}

/// What became of a run that was interrupted, where it is as it has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Verdict {
    /// The database is as it was before the run.
    Old,
    /// The migration is in it.
    New,
}

impl Judge {
    pub(super) fn new(before: &Path, after: &Path) -> Result<Self, String> {
        let (old, new) = (contents(before)?, contents(after)?);
        if old.rows != new.rows || old.schema == new.schema || old.history == new.history {
            return Err("the migration itself does not do what it has to: no point can be judged".to_owned());
        }
        Ok(Self { old, new })
    }

    /// Looks at what the run has left, and lets the next one finish.
    pub(super) fn judge(&self, sandbox: &Sandbox, run: &Output, point: &Point) -> Result<Verdict, String> {
        let told = String::from_utf8_lossy(&run.stderr);
        if told.contains("panicked") || matches!(run.status.signal(), Some(signal) if signal != 9) {
            return Err(format!("it ended by {}: {told}", run.status));
        }
        let found = self.whole(&sandbox.database())?;
        let failed = run.status.code().is_some_and(|code| code != 0);
        match found {
            Verdict::New if told.contains("nothing was changed") => {
                return Err(format!(
                    "the migration is applied, and it said that nothing was changed:\n{told}"
                ));
            }
            Verdict::Old if run.status.success() => {
                return Err("it ended as if it had succeeded, and the database is as before".to_owned());
            }
            _ if failed && !point.silences() && !told.contains("state:") => {
                return Err(format!("it failed and did not say what became of the data:\n{told}"));
            }
            _ => {}
        }
        backups(sandbox)?;
        let next = sandbox.run(&["db-migrate"])?;
        if !next.status.success() {
            return Err(format!("the next run does not complete: {}", String::from_utf8_lossy(&next.stderr)));
        }
        match self.whole(&sandbox.database())? {
            Verdict::New => backups(sandbox)?,
            Verdict::Old => return Err("the next run completes and has not applied the migration".to_owned()),
        }
        Ok(found)
    }

    /// Whether the database is wholly old or wholly new.
    fn whole(&self, database: &Path) -> Result<Verdict, String> {
        let found = contents(database)?;
        if found == self.old {
            return Ok(Verdict::Old);
        }
        if found == self.new {
            return Ok(Verdict::New);
        }
        let (old, new) = (&self.old, &self.new);
        let which = |value: bool, other: bool| match (value, other) {
            (true, _) => "old",
            (_, true) => "new",
            _ => "neither",
        };
        Err(format!(
            "the database is neither: schema {}, history {}, rows {}, notes {}",
            which(found.schema == old.schema, found.schema == new.schema),
            which(found.history == old.history, found.history == new.history),
            if found.rows == old.rows { "complete" } else { "LOST OR CHANGED" },
            which(found.notes_missing == old.notes_missing, found.notes_missing == new.notes_missing),
        ))
    }
}

/// Reads everything, as the next program would that opens the database.
fn contents(database: &Path) -> Result<Contents, String> {
    let connection = Connection::open(database).map_err(|error| error.to_string())?;
    sound(&connection)?;
    let strings = |sql: &str| -> Result<Vec<String>, String> {
        let mut statement = connection.prepare(sql).map_err(|error| error.to_string())?;
        let rows = statement.query_map([], |row| row.get(0)).map_err(|error| error.to_string())?;
        rows.collect::<Result<_, _>>().map_err(|error| error.to_string())
    };
    let mut hasher = DefaultHasher::new();
    for sql in subject::CONTENTS {
        hash(&connection, sql, &mut hasher).map_err(|error| format!("{sql}: {error}"))?;
    }
    Ok(Contents {
        schema: strings(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema
             WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
        )?,
        history: strings("SELECT revision || ' ' || state FROM _schema_migrations ORDER BY 1")?,
        rows: hasher.finish(),
        notes_missing: connection
            .query_row("SELECT count(*) FROM items WHERE note IS NULL", [], |row| row.get(0))
            .map_err(|error| error.to_string())?,
    })
}

fn sound(connection: &Connection) -> Result<(), String> {
    let integrity: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .map_err(|error| error.to_string())?;
    let orphans: i64 = connection
        .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0))
        .map_err(|error| error.to_string())?;
    match (integrity.as_str(), orphans) {
        ("ok", 0) => Ok(()),
        _ => Err(format!("integrity_check: {integrity}; rows without a parent: {orphans}")),
    }
}

fn hash(connection: &Connection, sql: &str, hasher: &mut DefaultHasher) -> schema_core::rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            match row.get_ref(column)? {
                ValueRef::Null => 0.hash(hasher),
                ValueRef::Integer(number) => (1, number).hash(hasher),
                ValueRef::Real(number) => (2, number.to_bits()).hash(hasher),
                ValueRef::Text(text) => (3, text).hash(hasher),
                ValueRef::Blob(bytes) => (4, bytes).hash(hasher),
            }
        }
    }
    Ok(())
}

/// Every file that has the name of a backup is whole, read by SQLite and `gzip` and nothing of ours.
fn backups(sandbox: &Sandbox) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(sandbox.path().join("backups")) else { return Ok(()) };
    for entry in entries {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if name.starts_with('.') {
            continue;
        }
        let whole = match name.split_once('.') {
            Some((_, "db")) => is_whole(&path),
            Some((_, "db.gz")) => {
                let unpacked = sandbox.path().join("unpacked.db");
                let whole = unpack(&path, &unpacked).and_then(|()| is_whole(&unpacked));
                drop(fs::remove_file(&unpacked));
                whole
            }
            _ => continue,
        };
        whole.map_err(|error| format!("the backup {name} is not whole: {error}"))?;
    }
    Ok(())
}

fn unpack(packed: &Path, to: &Path) -> Result<(), String> {
    let output = Command::new("gzip").arg("-dc").arg(packed).output().map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned());
    }
    fs::write(to, output.stdout).map_err(|error| error.to_string())
}

fn is_whole(database: &Path) -> Result<(), String> {
    let connection = Connection::open(database).map_err(|error| error.to_string())?;
    sound(&connection)?;
    let items: i64 = connection
        .query_row("SELECT count(*) FROM items", [], |row| row.get(0))
        .map_err(|error| error.to_string())?;
    match items {
        20_000 => Ok(()),
        other => Err(format!("it holds {other} items")),
    }
}
