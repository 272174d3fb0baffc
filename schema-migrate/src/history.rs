//! What has been applied to a database: the table `_schema_migrations`.

mod by_hand;
mod folded;
mod middle;
pub(crate) mod unfinished;

use std::path::Path;

use schema_core::rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};
use time::OffsetDateTime;
use time::macros::format_description;

use crate::files::{Folder, Migration};
use crate::run::explain;
use crate::{Error, ErrorKind, Result};

pub use by_hand::{completing, forgetting, marking, recording};
pub use folded::read_beside;
pub(crate) use folded::{beside, fold};
pub use middle::{Middle, middle};
pub(crate) use middle::{refuse_middle, through};
pub use unfinished::{Resolution, Resolve, Unfinished};

/// Name of the history table.
pub const TABLE: &str = "_schema_migrations";

/// The form of the rows that this program writes. It reads this one and every older one.
pub const FORMAT: i64 = 1;

const CREATE: &str = "CREATE TABLE IF NOT EXISTS _schema_migrations (
  position INTEGER PRIMARY KEY,
  revision TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  parents TEXT NOT NULL,
  up_checksum TEXT NOT NULL,
  down_checksum TEXT NOT NULL,
  down_sql TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  applied_at TEXT NOT NULL,
  duration_ms INTEGER NOT NULL,
  rows_touched INTEGER NOT NULL,
  program_version TEXT NOT NULL,
  format_version INTEGER NOT NULL,
  compatible_from TEXT
)";

/// Columns that came later, each with its type. A program that does not know one leaves it NULL, so
/// that the form of the rows stays the same; a table of before gets them when it is next written.
const LATER: &[(&str, &str)] = &[("compatible_from", "TEXT")];

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// The revision.
    pub revision: String,
    /// What it is about.
    pub name: String,
    /// The revisions that were applied before it.
    pub parents: Vec<String>,
    /// Checksum of the up part as it was applied.
    pub up_checksum: String,
    /// Checksum of the down part as it was then.
    pub down_checksum: String,
    /// The down part, with which the revision is taken back even where its file is gone.
    pub down_sql: String,
    /// `normal`, `baseline`, `squash` or `rust`.
    pub kind: String,
    /// `applied`; how far it has come, where [`unfinished`](Self::unfinished); or `accepted` where a person has taken its edited file for what was applied.
    pub state: String,
    /// When, in UTC, as `YYYY-MM-DD HH:MM:SS.ffffff`.
    pub applied_at: String,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// Rows that its statements inserted, changed or deleted.
    pub rows_touched: i64,
    /// Version of the program that applied it.
    pub program_version: String,
    /// Form of the row.
    pub format_version: i64,
    /// Programs that know this revision can still run on the database.
    pub compatible_from: Option<String>,
}

/// The history of a database, first applied first. Empty where there is no history table.
///
/// Fails where a newer program has written it, or the table of that name is something else.
pub fn read(connection: &Connection) -> Result<Vec<Applied>> {
    let exists: Option<i64> = connection
        .query_row("SELECT 1 FROM main.sqlite_schema WHERE type = 'table' AND name = ?1", [TABLE], |row| {
            row.get(0)
        })
        .optional()
        .map_err(|error| Error::sqlite("read the history of migrations", error))?;
    if exists.is_none() {
        return Ok(Vec::new());
    }
    check_format(connection)?;
    rows(connection).map_err(|error| {
        if error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt) {
            return explain(Path::new(connection.path().unwrap_or("the database")), error);
        }
        Error::sqlite("read the history of migrations", error)
            .state("nothing was changed")
            .next(format!("see what the table {TABLE} holds; it belongs to the migrations"))
    })
}

fn check_format(connection: &Connection) -> Result<()> {
    let newest: Option<i64> = connection
        .query_row("SELECT max(format_version) FROM main._schema_migrations", [], |row| row.get(0))
        .map_err(|error| {
            if error.sqlite_error_code() != Some(ErrorCode::Unknown) {
                return explain(Path::new(connection.path().unwrap_or("the database")), error);
            }
            Error::new(ErrorKind::Preflight, format!("the table {TABLE} is no history of migrations"))
                .why(error.to_string())
                .state("nothing was changed")
                .next("give that table another name: this one belongs to the migrations")
        })?;
    match newest {
        Some(newest) if newest > FORMAT => {
            Err(Error::new(ErrorKind::Preflight, "a newer program has migrated this database")
                .why(format!("its history has format {newest}, this program reads up to {FORMAT}"))
                .state("nothing was changed")
                .next("run the newer program"))
        }
        _ => Ok(()),
    }
}

fn rows(connection: &Connection) -> schema_core::rusqlite::Result<Vec<Applied>> {
    let missing = missing(connection)?;
    let later = LATER.iter().map(|(name, _)| if missing.contains(name) { "NULL" } else { name });
    let mut statement = connection.prepare(&format!(
        "SELECT revision, name, parents, up_checksum, down_checksum, down_sql, kind, state, applied_at,
                duration_ms, rows_touched, program_version, format_version, {}
         FROM main._schema_migrations ORDER BY position",
        later.collect::<Vec<_>>().join(", ")
    ))?;
    let rows = statement.query_map([], |row| {
        let parents: String = row.get(2)?;
        Ok(Applied {
            revision: row.get(0)?,
            name: row.get(1)?,
            parents: parents.split(',').filter(|parent| !parent.is_empty()).map(str::to_owned).collect(),
            up_checksum: row.get(3)?,
            down_checksum: row.get(4)?,
            down_sql: row.get(5)?,
            kind: row.get(6)?,
            state: row.get(7)?,
            applied_at: row.get(8)?,
            duration_ms: row.get(9)?,
            rows_touched: row.get(10)?,
            program_version: row.get(11)?,
            format_version: row.get(12)?,
            compatible_from: row.get(13)?,
        })
    })?;
    rows.collect()
}

/// The later columns that the table does not have yet.
fn missing(connection: &Connection) -> schema_core::rusqlite::Result<Vec<&'static str>> {
    let known: Vec<String> = connection
        .prepare("SELECT name FROM pragma_table_info('_schema_migrations', 'main')")?
        .query_map([], |row| row.get(0))?
        .collect::<schema_core::rusqlite::Result<_>>()?;
    Ok(LATER.iter().map(|(name, _)| *name).filter(|name| !known.iter().any(|known| known == name)).collect())
}

/// Makes the table, or brings it up to date.
fn prepare_table(connection: &Connection) -> schema_core::rusqlite::Result<()> {
    connection.execute_batch(CREATE)?;
    let missing = missing(connection)?;
    for (name, sql_type) in LATER.iter().filter(|(name, _)| missing.contains(name)) {
        connection
            .execute_batch(&format!("ALTER TABLE main._schema_migrations ADD COLUMN {name} {sql_type}"))?;
    }
    Ok(())
}

/// Adds a row, inside the transaction of the migration.
pub(crate) fn insert(connection: &Connection, applied: &Applied) -> Result<()> {
    prepare_table(connection)
        .and_then(|()| {
            connection.execute(
                "INSERT INTO main._schema_migrations (revision, name, parents, up_checksum, down_checksum, down_sql, kind,
                 state, applied_at, duration_ms, rows_touched, program_version, format_version, compatible_from)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
                params![
                    applied.revision,
                    applied.name,
                    applied.parents.join(","),
                    applied.up_checksum,
                    applied.down_checksum,
                    applied.down_sql,
                    applied.kind,
                    applied.state,
                    applied.applied_at,
                    applied.duration_ms,
                    applied.rows_touched,
                    applied.program_version,
                    applied.format_version,
                    applied.compatible_from
                ],
            )
        })
        .map(|_| ())
        .map_err(|error| Error::sqlite("write the history of migrations", error))
}

/// Takes a row away, inside the transaction of the rollback.
pub(crate) fn remove(connection: &Connection, revision: &str) -> Result<()> {
    connection
        .execute("DELETE FROM main._schema_migrations WHERE revision = ?1", [revision])
        .map(|_| ())
        .map_err(|error| Error::sqlite("write the history of migrations", error))
}

impl Applied {
    /// How far it has come, where it runs outside of a transaction and was stopped half-way.
    pub fn unfinished(&self) -> Option<Unfinished> {
        Unfinished::read(&self.state)
    }

    /// The row of a migration that is applied now.
    pub(crate) fn now(migration: &Migration, duration: std::time::Duration, rows: u64) -> Self {
        Self {
            revision: migration.revision.to_string(),
            name: migration.name().to_owned(),
            parents: migration.parents.clone(),
            up_checksum: migration.up_checksum.clone(),
            down_checksum: migration.down_checksum.clone(),
            down_sql: migration.down_sql.clone(),
            kind: migration.kind.as_str().to_owned(),
            state: "applied".to_owned(),
            applied_at: instant(OffsetDateTime::now_utc()),
            duration_ms: i64::try_from(duration.as_millis()).unwrap_or(i64::MAX),
            rows_touched: i64::try_from(rows).unwrap_or(i64::MAX),
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            format_version: FORMAT,
            compatible_from: migration.compatible_from.clone(),
        }
    }
}

/// An instant as the framework stores it.
fn instant(at: OffsetDateTime) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]");
    // The format has no part that an instant lacks.
    at.format(&format).unwrap_or_default()
}

/// Where a revision stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Applied, and the file is what was applied.
    Applied,
    /// Not applied yet.
    Pending,
    /// Applied, and the file's up part or its header has been changed since.
    Edited,
    /// Applied, and the file is gone although others follow it.
    Vanished,
    /// Applied from a file that this folder does not have, and nothing in it follows: made on a branch
    /// that is not here yet, or by a newer program.
    Unknown,
    /// It runs outside of a transaction and was stopped half-way.
    Dirty,
    /// Applied, and its file cannot be read or is not whole.
    Broken,
}

impl std::fmt::Display for Standing {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.pad(match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::Edited => "edited",
            Self::Vanished => "vanished",
            Self::Unknown => "unknown",
            Self::Dirty => "dirty",
            Self::Broken => "broken",
        })
    }
}

/// Where an applied revision stands. A file that is gone has vanished if a file of the folder follows
/// it, or none is left at all; otherwise nobody here has seen it, and its branch or program is elsewhere.
pub(crate) fn standing(folder: &Folder, history: &[Applied], row: &Applied) -> Standing {
    if row.unfinished().is_some() {
        return Standing::Dirty;
    }
    if let Some(migration) = folder.get(&row.revision) {
        return if migration.up_checksum == row.up_checksum { Standing::Applied } else { Standing::Edited };
    }
    // What follows it, by what was applied and by what the files say.
    let mut followed = vec![row.revision.as_str()];
    let after = history.iter().skip_while(|other| other.revision != row.revision);
    for other in after.skip(1) {
        if other.parents.iter().any(|parent| followed.contains(&parent.as_str())) {
            followed.push(&other.revision);
        }
    }
    let has_file = |revision: &&str| folder.get(revision).is_some();
    let is_named =
        |migration: &Migration| migration.parents.iter().any(|parent| followed.contains(&parent.as_str()));
    if folder.migrations().is_empty()
        || followed.iter().any(has_file)
        || folder.migrations().iter().any(is_named)
    {
        Standing::Vanished
    } else {
        Standing::Unknown
    }
}

/// The error of a migration that has written into the history itself.
pub(crate) fn changed(what: &str) -> Error {
    Error::failed(what).why(format!("{TABLE} is written by the runner alone; db-stamp records by hand"))
}

/// Takes the file of an applied revision for what was applied.
pub(crate) fn accept(connection: &Connection, migration: &Migration) -> Result<()> {
    connection
        .execute(
            "UPDATE main._schema_migrations SET up_checksum = ?2, down_checksum = ?3, down_sql = ?4, state = 'accepted' WHERE revision = ?1",
            params![migration.revision.as_str(), migration.up_checksum, migration.down_checksum, migration.down_sql],
        )
        .map(|_| ())
        .map_err(|error| Error::sqlite("write the history of migrations", error))
}
