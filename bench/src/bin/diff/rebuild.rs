use std::path::Path;
use std::time::{Duration, Instant};

use schema_core::rusqlite::Connection;
use schema_migrate::diff::{Answers, compare};
use schema_migrate::diff_apply;
use schema_migrate::inspect::{execute, scratch, sqlite};
use schema_migrate::plan::{self, EngineVersion, Plan};
use schema_migrate::run::{Event, Observer, Target};

use crate::{Result, memory};

const ROWS: u64 = 2_000_000;
const TURNS: usize = 5;
const AIM: f64 = 1.15;

const TABLE: &str = "CREATE TABLE readings (
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  taken_at TEXT NOT NULL,
  value REAL,
  unit TEXT NOT NULL DEFAULT 'C',
  note TEXT
)";
const INDEXES: [&str; 2] = [
    "CREATE INDEX readings_device ON readings (device, taken_at)",
    "CREATE INDEX readings_value ON readings (value) WHERE note IS NOT NULL",
];

/// The rebuild of a large table, in turns with the copy and the indexes that it cannot do without.
pub(crate) fn measure() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let filled = folder.path().join("filled.db");
    fill(&filled)?;
    let (database, idle) = (folder.path().join("turn.db"), folder.path().join("migrations"));
    let plan = plan(&filled)?;
    if plan.rebuilt != ["readings"] {
        return Err(format!("the plan rebuilds {:?}", plan.rebuilt).into());
    }
    let before = sqlite::schema(&Connection::open(&filled)?)?;
    let size = std::fs::metadata(&filled)?.len();
    let (mut raw, mut here, mut whole) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ratios, mut whole_ratios) = (Vec::new(), Vec::new());
    for turn in 0..=TURNS {
        let raw_time = || -> Result<Duration> {
            fresh(&filled, &database)?;
            bare(&database)
        };
        let here_time = || -> Result<(Duration, Duration)> {
            fresh(&filled, &database)?;
            let mut clock = Clock::default();
            let begun = Instant::now();
            diff_apply::apply(&Target::new(&database, &idle), &before, &plan, &mut clock)?;
            Ok((clock.transaction, begun.elapsed()))
        };
        // Who goes first changes with every turn.
        let (theirs, ours) = if turn % 2 == 0 {
            let theirs = raw_time()?;
            (theirs, here_time()?)
        } else {
            let ours = here_time()?;
            (raw_time()?, ours)
        };
        if turn > 0 {
            raw.push(theirs.as_secs_f64());
            here.push(ours.0.as_secs_f64());
            whole.push(ours.1.as_secs_f64());
            ratios.push(ours.0.as_secs_f64() / theirs.as_secs_f64());
            whole_ratios.push(ours.1.as_secs_f64() / theirs.as_secs_f64());
        }
    }
    println!("rebuild of {ROWS} rows in a database of {} MiB, medians of {TURNS} turns", size >> 20);
    println!("{:<46} {:>8} {:>8} {:>8}", "", "seconds", "ratio", "aim");
    println!("{:<46} {:>8.2}", "INSERT .. SELECT and 2 indexes, by hand", median(&mut raw));
    println!(
        "{:<46} {:>8.2} {:>8.2} {AIM:>8.2}",
        "the rebuild: copy, drop, rename, indexes, checks",
        median(&mut here),
        median(&mut ratios)
    );
    println!(
        "{:<46} {:>8.2} {:>8.2}",
        "the command: with integrity before",
        median(&mut whole),
        median(&mut whole_ratios)
    );
    if let Some(peak) = memory::peak() {
        println!("peak memory of this process: {} MiB", peak >> 20);
    }
    Ok(())
}

/// Takes the time of the transaction, from its begin to after its commit.
#[derive(Default)]
struct Clock {
    begun: Option<Instant>,
    transaction: Duration,
}

impl Observer for Clock {
    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Begin { .. } => self.begun = Some(Instant::now()),
            Event::Done { .. } => {
                self.transaction = self.begun.map(|begun| begun.elapsed()).unwrap_or_default();
            }
            _ => {}
        }
    }
}

/// What a rebuild consists of at least.
fn bare(database: &Path) -> Result<Duration> {
    let connection = Connection::open(database)?;
    let begun = Instant::now();
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connection.execute_batch(&TABLE.replace("readings", "successor"))?;
    connection.execute_batch("INSERT INTO successor SELECT * FROM readings")?;
    for index in INDEXES {
        connection.execute_batch(&index.replace("readings", "successor"))?;
    }
    connection.execute_batch("COMMIT")?;
    Ok(begun.elapsed())
}

/// Another default: nothing in place changes it.
fn plan(database: &Path) -> Result<Plan> {
    let from = sqlite::schema(&Connection::open(database)?)?;
    let target = scratch()?;
    for sql in [&TABLE.replace("'C'", "'K'"), INDEXES[0], INDEXES[1]] {
        execute(&target, sql)?;
    }
    let to = sqlite::schema(&target)?;
    let comparison = compare(&from, &to, &to, &Answers::default())?;
    Ok(plan::sqlite(&from, &to, &comparison, &Answers::default(), EngineVersion::bundled())?)
}

fn fill(path: &Path) -> Result<()> {
    let connection = Connection::open(path)?;
    connection.execute_batch("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; BEGIN")?;
    connection.execute_batch(TABLE)?;
    connection.execute_batch(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
         INSERT INTO readings SELECT i, 'device ' || (i * 7919 % 5003), datetime(1700000000 + i * 61, 'unixepoch'),
             (i * 104729 % 100000) / 100.0, 'C', CASE WHEN i % 10 = 0 THEN 'checked by hand' END FROM n"
    ))?;
    for index in INDEXES {
        connection.execute_batch(index)?;
    }
    connection.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// The filled database once more, closed and without a log beside it.
fn fresh(filled: &Path, database: &Path) -> Result<()> {
    for suffix in ["-wal", "-shm"] {
        let mut name = database.as_os_str().to_owned();
        name.push(suffix);
        match std::fs::remove_file(name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    std::fs::copy(filled, database)?;
    std::fs::File::open(database)?.sync_all()?;
    Ok(())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
