use std::time::{Duration, Instant};

use schema_core::dialect::quote_identifier;
use schema_core::model::{ForeignKeyAction, SchemaDef, TableDef};
use schema_core::rusqlite::{self, Connection, ffi};
use schema_ops::backup::{Progress, Reason, Taken};
use time::OffsetDateTime;

use super::column::{Aged, aged};
use super::going::{Blocked, Going};
use super::instant::{microseconds, register, sql};
use super::{Effect, EffectKind};
use crate::development::order::children_first;
use crate::inspect::sqlite;
use crate::run::{
    Event, Lock, Observer, Settings, Target, check_writable, explain, open, open_read_only, rowid_name,
    take_backup_for,
};
use crate::{Error, ErrorKind, Result};

/// Rows that one transaction deletes at most: others write in between.
const BATCH: i64 = 1_000;
/// Rows that the first one deletes, before it is known how long they take.
const FIRST_BATCH: i64 = 16;
/// A transaction that takes longer is followed by one of half the rows.
const SLOW: Duration = Duration::from_millis(500);
/// Values of which an example is shown, at most.
const EXAMPLES: usize = 3;

/// Which rows of a table are too old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The table.
    pub table: String,
    /// How old a row may be.
    pub older_than: Duration,
    /// The column by which it is old; without one the model's `created_at`.
    pub by: Option<String>,
    /// It is old since it was deleted: by the model's `soft_delete` column.
    pub deleted: bool,
}

/// What is deleted, and how.
#[derive(Clone, Copy, Debug)]
pub struct CleanRequest<'a> {
    /// Which rows. Tables that refer to others are done before them.
    pub rules: &'a [Rule],
    /// The models, which say how times are stored.
    pub declared: &'a SchemaDef,
    /// When the ages are counted from.
    pub now: OffsetDateTime,
    /// Whether a backup is taken first, where the target says where to.
    pub backup: bool,
}

/// A table, and what of it is too old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanedTable {
    /// Its name.
    pub table: String,
    /// The column by which its rows are old.
    pub column: String,
    /// Rows from before this are too old.
    pub before: OffsetDateTime,
    /// How many rows there were.
    pub all: u64,
    /// How many were too old.
    pub old: u64,
    /// How many of these were deleted.
    pub deleted: u64,
    /// Rows that have no time there: they stay.
    pub without: u64,
    /// Rows whose value is no time as the model stores it: they are not compared, and stay.
    pub unreadable: u64,
    /// Some of those: what names the row, and the value, as SQL.
    pub examples: Vec<(String, String)>,
}

/// What was deleted.
#[derive(Clone, Debug, Default)]
pub struct Cleaned {
    /// The tables in the order in which they were cleaned.
    pub tables: Vec<CleanedTable>,
    /// What went with their rows, or was unlinked from them.
    pub effects: Vec<Effect>,
    /// The backup that was taken before.
    pub backup: Option<Taken>,
}

impl Cleaned {
    /// How many rows are too old.
    pub fn old(&self) -> u64 {
        self.tables.iter().map(|table| table.old).sum()
    }

    /// How many rows were deleted because they were too old.
    pub fn deleted(&self) -> u64 {
        self.tables.iter().map(|table| table.deleted).sum()
    }

    /// How many rows could not be compared.
    pub fn unreadable(&self) -> u64 {
        self.tables.iter().map(|table| table.unreadable).sum()
    }
}

/// What [`clean`] would delete. Changes nothing.
///
/// # Errors
/// As [`clean`].
pub fn cleanable(target: &Target, request: &CleanRequest<'_>) -> Result<Cleaned> {
    let connection = open_read_only(&target.database, target.wait)?;
    let schema = sqlite::schema(&connection)?;
    let plan = Plan::make(&connection, &schema, request)?;
    Ok(plan.found)
}

/// Deletes rows that are too old, so many in a transaction that others may write in between. Foreign keys are
/// enforced, and what they delete or unlink is counted before.
///
/// # Errors
/// A rule means nothing by the models, a table is append-only, rows that stay refer to rows that would go, no value of
/// a column can be compared, or another program migrates: nothing was changed then. An error later says how many rows
/// are gone.
pub fn clean(target: &Target, request: &CleanRequest<'_>, observer: &mut dyn Observer) -> Result<Cleaned> {
    check_writable(&target.database, false)?;
    let _lock = Lock::take_observed(&target.database, target.lock_wait(), observer, &target.interrupt)?;
    let connection = open(&target.database, false, target.wait)?;
    let schema = sqlite::schema(&connection)?;
    let mut plan = Plan::make(&connection, &schema, request)?;
    if plan.found.old() == 0 {
        return Ok(plan.found);
    }
    if request.backup {
        let note = Some("before db-clean");
        plan.found.backup = take_backup_for(&connection, target, Reason::Manual, note, observer)?;
    }
    let _settings = Settings::switch(&connection, false)?;
    let total = plan.found.old();
    let mut done = 0;
    for at in 0..plan.rules.len() {
        let mut deleted = 0;
        let worked = plan.delete(at, target, &mut |rows| {
            (deleted, done) = (deleted + rows, done + rows);
            observer.event(&Event::Progress { progress: Progress { what: "deleting rows", done, total } });
        });
        plan.found.tables[at].deleted = deleted;
        worked.map_err(|error| target.interrupt.told(error.state(state(done))))?;
    }
    Ok(plan.found)
}

fn state(done: u64) -> String {
    match done {
        0 => "nothing was changed".to_owned(),
        1 => "1 row is deleted; the command goes on when it is called again".to_owned(),
        done => format!("{done} rows are deleted; the command goes on when it is called again"),
    }
}

/// What is going to be deleted.
struct Plan<'s> {
    connection: &'s Connection,
    schema: &'s SchemaDef,
    going: Going<'s>,
    /// For each table of `found` where its age stands, and the instant before which it is too old.
    rules: Vec<(Aged, i64)>,
    found: Cleaned,
}

impl<'s> Plan<'s> {
    fn make(connection: &'s Connection, schema: &'s SchemaDef, request: &CleanRequest<'_>) -> Result<Self> {
        register(connection).map_err(|error| Error::sqlite("read times", error))?;
        let mut rules = Vec::with_capacity(request.rules.len());
        for rule in request.rules {
            let aged = aged(rule, request.declared, schema)?;
            let before = i64::try_from(rule.older_than.as_secs())
                .ok()
                .and_then(|seconds| request.now.checked_sub(time::Duration::seconds(seconds)))
                .ok_or_else(|| {
                    Error::usage(format!(
                        "{} days are more than there are",
                        rule.older_than.as_secs() / 86_400
                    ))
                    .state("nothing was changed")
                })?;
            rules.push((aged, before));
        }
        let named = |aged: &Aged| schema.table(&aged.table);
        let tables: Vec<&TableDef> = rules.iter().filter_map(|(aged, _)| named(aged)).collect();
        let order = children_first(schema, &tables);
        let place = |aged: &Aged| order.iter().position(|table| table.name.eq_ignore_ascii_case(&aged.table));
        rules.sort_by_key(|(aged, _)| place(aged));
        let mut going = Going::new(connection, schema);
        let mut found = Cleaned::default();
        for (aged, before) in &rules {
            let mut table = looked_at(connection, schema, aged, *before)?;
            table.old = going.pick(aged, microseconds(*before))?;
            found.tables.push(table);
        }
        going.follow()?;
        let (effects, blocked) = going.effects()?;
        in_the_way(&blocked)?;
        append_only(&effects, request.declared)?;
        found.effects = effects;
        found.effects.sort_by_key(|effect| effect.kind != EffectKind::Deleted);
        let rules = rules.into_iter().map(|(aged, before)| (aged, microseconds(before))).collect();
        Ok(Self { connection, schema, going, rules, found })
    }

    /// Deletes the rows of one rule. `done` is told of those that are committed.
    fn delete(&self, at: usize, target: &Target, done: &mut dyn FnMut(u64)) -> Result<()> {
        let (aged, before) = &self.rules[at];
        let (last, delete) = self.going.batches(aged)?;
        let refers_to_itself = self.schema.table(&aged.table).is_some_and(|table| {
            table.foreign_keys.iter().any(|key| {
                key.on_delete == ForeignKeyAction::NoAction && key.table.eq_ignore_ascii_case(&table.name)
            })
        });
        // A row and one that refers to it go at once, or the key is violated in between.
        let mut step = if refers_to_itself { last.max(1) } else { FIRST_BATCH };
        let mut from = 0;
        while from < last {
            target.interrupt.check()?;
            let started = Instant::now();
            let begin = "BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = ON";
            self.connection.execute_batch(begin).map_err(|error| explain(&target.database, error))?;
            let deleted = self
                .connection
                .execute(&delete, [from, from + step, *before])
                .and_then(|rows| self.connection.execute_batch("COMMIT").map(|()| rows));
            match deleted {
                Ok(rows) => done(rows as u64),
                Err(error) => {
                    // What SQLite has rolled back already it does not roll back again.
                    drop(self.connection.execute_batch("ROLLBACK"));
                    return Err(refused(aged, error));
                }
            }
            from += step;
            // Others wait for the end of each: a foreign key without an index makes every row a scan of its table.
            if !refers_to_itself {
                step = match started.elapsed() {
                    taken if taken > SLOW => (step / 2).max(1),
                    taken if taken < SLOW / 4 => (step * 2).min(BATCH),
                    _ => step,
                };
            }
        }
        Ok(())
    }
}

/// How many rows a table has, and which of them have no age.
fn looked_at(
    connection: &Connection,
    schema: &SchemaDef,
    aged: &Aged,
    before: OffsetDateTime,
) -> Result<CleanedTable> {
    let told = |error| {
        Error::sqlite(format!("read the times of {}", aged.table), error).state("nothing was changed")
    };
    let column = quote_identifier(&aged.column);
    let table = quote_identifier(&aged.table);
    let instant = sql(&column, aged.storage);
    let counts = format!("SELECT count(*), count({column}), count({instant}) FROM main.{table}");
    let (all, set, read): (i64, i64, i64) =
        connection.query_row(&counts, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).map_err(told)?;
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    let mut found = CleanedTable {
        table: aged.table.clone(),
        column: aged.column.clone(),
        before,
        all: count(all),
        old: 0,
        deleted: 0,
        without: count(all - set),
        unreadable: count(set - read),
        examples: Vec::new(),
    };
    if found.unreadable > 0 {
        found.examples = examples(connection, schema, aged, &column, &instant).map_err(told)?;
    }
    if read == 0 && found.unreadable > 0 {
        let shown: Vec<&str> = found.examples.iter().map(|(_, value)| value.as_str()).collect();
        return Err(Error::new(
            ErrorKind::Preflight,
            format!("no value of {}.{} is a time as the model stores it", aged.table, aged.column),
        )
        .why(format!("it holds {}", shown.join(", ")))
        .state("nothing was changed")
        .next("correct the values, or how the model says that they are stored"));
    }
    Ok(found)
}

/// Some rows whose age cannot be read.
fn examples(
    connection: &Connection,
    schema: &SchemaDef,
    aged: &Aged,
    column: &str,
    instant: &str,
) -> rusqlite::Result<Vec<(String, String)>> {
    let primary = schema.table(&aged.table).and_then(|table| table.primary_key.as_ref());
    let key = match primary {
        Some(key) => key.columns.iter().map(|column| quote_identifier(&column.name)).collect(),
        None => vec![rowid_name(connection, &aged.table)?.unwrap_or("NULL").to_owned()],
    };
    let key: Vec<String> = key.iter().map(|name| format!("quote({name})")).collect();
    let sql = format!(
        "SELECT {}, substr(quote({column}), 1, 40) FROM main.{} WHERE {column} IS NOT NULL AND {instant} IS NULL LIMIT {EXAMPLES}",
        key.join(" || ', ' || "),
        quote_identifier(&aged.table),
    );
    let mut statement = connection.prepare(&sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    rows.collect()
}

fn in_the_way(blocked: &[Blocked]) -> Result<()> {
    let Some(first) = blocked.first() else { return Ok(()) };
    let lines: Vec<String> = blocked
        .iter()
        .map(|Blocked { child, parent, rows }| {
            let verb = if *rows == 1 { "row refers" } else { "rows refer" };
            format!("{rows} {verb} from {child} to rows of {parent} that would go")
        })
        .collect();
    Err(Error::new(ErrorKind::Preflight, lines.join("; "))
        .why("their foreign keys keep a row that is referred to")
        .state("nothing was changed")
        .next(match first.child == first.parent {
            true => "delete what refers to them first: it is younger than they are".to_owned(),
            false => format!("clean {} first, or leave {} out", first.child, first.parent),
        }))
}

fn append_only(effects: &[Effect], declared: &SchemaDef) -> Result<()> {
    let is_append_only =
        |effect: &&Effect| declared.table(&effect.table).is_some_and(|table| table.append_only);
    let Some(effect) = effects.iter().find(is_append_only) else { return Ok(()) };
    Err(Error::new(
        ErrorKind::Preflight,
        format!("rows of {} would change with their {}", effect.table, effect.parent),
    )
    .why(format!("{} is append-only: its trigger forbids it", effect.table))
    .state("nothing was changed"))
}

fn refused(aged: &Aged, error: rusqlite::Error) -> Error {
    let code = error.sqlite_error().map(|error| error.extended_code);
    if code == Some(ffi::SQLITE_CONSTRAINT_TRIGGER) {
        return Error::failed(format!("a trigger keeps rows of {}", aged.table))
            .why(error.to_string())
            .source(error);
    }
    Error::sqlite(format!("delete old rows of {}", aged.table), error)
}
