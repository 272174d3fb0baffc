use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::Connection;

use super::migrate::run_all;
use super::observer::{Event, Observer};
use super::report::{AppliedRevision, MigrateOptions, Report};
use super::target::Target;
use crate::history;
use crate::{Error, ErrorKind, Result};

/// What a run on a copy of the database came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rehearsal {
    /// What was applied to the copy, with its time.
    pub revisions: Vec<AppliedRevision>,
    /// Rows of each table before and after, where their number changed.
    pub tables: Vec<TableRows>,
    /// How long copying took.
    pub copying: Duration,
    /// Tables whose number of rows changed otherwise on the database itself than on the copy.
    pub differences: Vec<Difference>,
    /// How many rows there were, to compare with.
    counts: Counts,
}

/// How many rows a table has before and after a run; `None` where there is no such table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRows {
    /// The table.
    pub table: String,
    /// Rows before.
    pub before: Option<u64>,
    /// Rows after.
    pub after: Option<u64>,
}

/// A table whose rows came out otherwise than in the rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// On the copy.
    pub rehearsed: TableRows,
    /// On the database.
    pub live: TableRows,
}

impl Rehearsal {
    /// How long the migrations will take on the database, as far as the copy can tell.
    pub fn expected(&self) -> Duration {
        self.revisions.iter().map(|revision| revision.duration).sum()
    }

    /// Compares with what became of the database. Rows that others wrote meanwhile are no difference:
    /// what counts is by how much the migrations changed the number of rows.
    pub(super) fn compare(&mut self, live: &Counts) {
        self.differences = self
            .counts
            .tables(true)
            .into_iter()
            .filter_map(|rehearsed| {
                let live = live.of(&rehearsed.table);
                (change(&live) != change(&rehearsed)).then_some(Difference { rehearsed, live })
            })
            .collect();
    }
}

/// By how many rows a table has changed; `None` where it came or went.
fn change(table: &TableRows) -> (bool, bool, Option<i128>) {
    let both = table.before.zip(table.after);
    // A table that is new has as many rows as the migration has put into it.
    let new = table.after.filter(|_| table.before.is_none()).map(i128::from);
    (
        table.before.is_some(),
        table.after.is_some(),
        both.map(|(before, after)| i128::from(after) - i128::from(before)).or(new),
    )
}

/// The rows of every table, before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    before: BTreeMap<String, u64>,
    after: BTreeMap<String, u64>,
}

impl Counts {
    pub(super) fn before(connection: &Connection) -> Result<Self> {
        Ok(Self { before: count(connection)?, after: BTreeMap::new() })
    }

    pub(super) fn after(mut self, connection: &Connection) -> Result<Self> {
        self.after = count(connection)?;
        Ok(self)
    }

    fn of(&self, table: &str) -> TableRows {
        TableRows {
            table: table.to_owned(),
            before: self.before.get(table).copied(),
            after: self.after.get(table).copied(),
        }
    }

    fn tables(&self, all: bool) -> Vec<TableRows> {
        let mut names: Vec<&String> = self.before.keys().chain(self.after.keys()).collect();
        names.sort();
        names.dedup();
        let rows = names.into_iter().map(|name| self.of(name));
        rows.filter(|rows| all || rows.before != rows.after).collect()
    }
}

/// Rows of every table that is the application's own; a virtual table is another program's business.
fn count(connection: &Connection) -> Result<BTreeMap<String, u64>> {
    let told = |error| Error::sqlite("count the rows", error);
    let names: Vec<String> = connection
        .prepare(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(told)?;
    let mut counts = BTreeMap::new();
    for name in names.into_iter().filter(|name| name != history::TABLE) {
        let sql = format!("SELECT count(*) FROM main.{}", quote_identifier(&name));
        let rows: i64 = connection.query_row(&sql, [], |row| row.get(0)).map_err(told)?;
        counts.insert(name, rows.unsigned_abs());
    }
    Ok(counts)
}

/// Runs what is pending on a copy beside the database, which is gone when this returns. Whatever goes
/// wrong on the way, the database was not touched.
pub(super) fn rehearse(
    source: &Connection,
    target: &Target,
    options: &MigrateOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Rehearsal> {
    let rehearsal = on_a_copy(source, target, options, observer).map_err(|error| {
        let error = target.interrupt.told(error);
        let state = match error.kind() {
            ErrorKind::Interrupted => "nothing was changed: the rehearsal ran on a copy",
            _ => "the rehearsal on a copy failed; the database was not touched",
        };
        error.state(state)
    })?;
    observer.event(&Event::Rehearsed { rehearsal: &rehearsal });
    Ok(rehearsal)
}

fn on_a_copy(
    source: &Connection,
    target: &Target,
    options: &MigrateOptions<'_>,
    observer: &mut dyn Observer,
) -> Result<Rehearsal> {
    observer.event(&Event::Phase { what: "rehearsing on a copy" });
    let copy = Copy::make(&target.database)?;
    let begun = Instant::now();
    let mut watch = |progress| {
        observer.event(&Event::Progress { progress });
        target.interrupt.check()
    };
    schema_ops::backup::copy(source, &copy.database, &mut watch).map_err(|error| refused(&error))?;
    keep_journal_mode(source, &copy.database)?;
    let copying = begun.elapsed();
    let on_copy = Target { database: copy.database.clone(), backups: None, ..target.clone() };
    let counts = Counts::before(source)?;
    let options = MigrateOptions { dry_run: false, backup: false, rehearse: false, ..*options };
    observer.event(&Event::Phase { what: "rehearsing on a copy" });
    let report = run_all(&on_copy, &options, &mut Muffled(observer))?;
    let migrated = super::open_read_only(&copy.database, target.wait)?;
    let counts = counts.after(&migrated)?;
    let rehearsal = Rehearsal {
        revisions: report.revisions,
        tables: counts.tables(false),
        copying,
        differences: Vec::new(),
        counts,
    };
    drop(migrated);
    copy.remove()?;
    Ok(rehearsal)
}

/// Gives the copy the journal of its source, so that it takes as long to write.
fn keep_journal_mode(source: &Connection, copy: &Path) -> Result<()> {
    let mode: String = source.query_row("PRAGMA main.journal_mode", [], |row| row.get(0))?;
    if mode == "wal" {
        Connection::open(copy)?.query_row("PRAGMA journal_mode=WAL", [], |_| Ok(()))?;
    }
    Ok(())
}

/// What the database came to, beside what the rehearsal said.
pub(super) fn compare(report: &mut Report, live: &Counts, observer: &mut dyn Observer) {
    let Some(rehearsal) = &mut report.rehearsal else { return };
    rehearsal.compare(live);
    let told: Vec<String> = rehearsal
        .differences
        .iter()
        .map(|Difference { rehearsed, live }| {
            format!(
                "{}: {} in the rehearsal, {} on the database: see whether the migration depends on the moment, \
                 or others wrote meanwhile",
                live.table,
                shown(rehearsed),
                shown(live)
            )
        })
        .collect();
    for text in told {
        report.warn(observer, text);
    }
}

fn shown(rows: &TableRows) -> String {
    let number = |rows: Option<u64>| rows.map_or_else(|| "none".to_owned(), |rows| rows.to_string());
    format!("{} -> {} rows", number(rows.before), number(rows.after))
}

/// Hands on how far long statements are, and nothing that would pass for the run itself.
struct Muffled<'o>(&'o mut dyn Observer);

impl Observer for Muffled<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if let Event::Walked { .. } = event {
            self.0.event(event);
        }
    }
}

/// A folder beside the database, for its owner alone, with the copy in it.
struct Copy {
    folder: PathBuf,
    database: PathBuf,
}

impl Copy {
    /// Makes the folder, instead of one that a stopped rehearsal has left. The lock is held: nobody else
    /// rehearses on this database.
    fn make(database: &Path) -> Result<Self> {
        let name = database.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = database.with_file_name(format!(".rehearsal-{name}"));
        let told = |error: std::io::Error| refused(&error);
        if folder.is_dir() {
            fs::remove_dir_all(&folder).map_err(told)?;
        }
        let mut builder = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder).map_err(told)?;
        let database = folder.join(name);
        Ok(Self { folder, database })
    }

    fn remove(self) -> Result<()> {
        fs::remove_dir_all(&self.folder).map_err(|error| {
            Error::failed(format!("the copy of the rehearsal stays in {}", self.folder.display()))
                .why(error.to_string())
                .next("remove that folder, then run the command again")
        })
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // Gone already where everything went well; what stays is removed by the next rehearsal.
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn refused(why: &dyn std::fmt::Display) -> Error {
    Error::failed("the database could not be copied for the rehearsal")
        .why(why.to_string())
        .next("make room beside the database; production = false in schema.toml leaves the rehearsal out")
}
