use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::{Connection, Result};

use super::guard::TransactionGuard;
use super::interrupt::{Interrupt, Watched};

/// Instructions of SQLite's virtual machine between two looks at the clock.
const INSTRUCTIONS: u64 = 10_000;

/// The longest pause between two looks at a database that others hold.
const PAUSE: Duration = Duration::from_millis(20);

/// Counts the instructions that a connection runs, and stops it when somebody asks.
#[derive(Debug)]
pub(crate) struct Clock {
    instructions: Arc<AtomicU64>,
    guard: TransactionGuard,
    interrupt: Interrupt,
    _watched: Watched,
}

impl Clock {
    /// Counts from now on, for as long as the connection is open. It waits so long for others, and
    /// neither waits nor runs on once somebody has asked to stop.
    pub(crate) fn of(connection: &mut Connection, wait: Duration, interrupt: &Interrupt) -> Result<Self> {
        let clock = Self::guarding(connection, interrupt)?;
        let (mut begun, stop) = (Instant::now(), interrupt.clone());
        connection.busy_handler(Some(move |looks: i32| {
            if looks == 0 {
                begun = Instant::now();
            }
            begun.elapsed() < wait && stop.sleep(PAUSE.min(wait)).is_ok()
        }))?;
        Ok(clock)
    }

    /// The same on a connection whose waiting stays its own.
    pub(crate) fn guarding(connection: &mut Connection, interrupt: &Interrupt) -> Result<Self> {
        let guard = TransactionGuard::of(connection)?;
        Ok(Self { guard, ..Self::on(connection, interrupt)? })
    }

    /// The same on a connection of somebody else, whose waiting and hooks stay its own.
    pub(crate) fn on(connection: &mut Connection, interrupt: &Interrupt) -> Result<Self> {
        let instructions = Arc::new(AtomicU64::new(0));
        let (counted, stop) = (Arc::clone(&instructions), interrupt.clone());
        let every = i32::try_from(INSTRUCTIONS).unwrap_or(i32::MAX);
        connection.progress_handler(
            every,
            Some(move || {
                counted.fetch_add(INSTRUCTIONS, Ordering::Relaxed);
                stop.is_raised()
            }),
        )?;
        Ok(Self {
            instructions,
            guard: TransactionGuard::default(),
            interrupt: interrupt.clone(),
            _watched: interrupt.watch(connection),
        })
    }

    /// Whether somebody has asked to stop.
    pub(crate) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Sees to it that nobody but the runner ends a transaction.
    pub(crate) fn guard(&self) -> &TransactionGuard {
        &self.guard
    }

    /// A meter for a statement that is about to run; nothing where it has no loop worth a count.
    pub(super) fn meter(&self, connection: &Connection, sql: &str) -> Option<Meter> {
        // A statement that cannot be explained fails when it runs, and says why.
        let total = estimate(connection, sql).unwrap_or(0);
        (total >= 100 * INSTRUCTIONS).then(|| Meter {
            instructions: Arc::clone(&self.instructions),
            begun: self.instructions.load(Ordering::Relaxed),
            total,
        })
    }
}

/// How far a long statement is; read from another thread while it runs.
///
/// What is counted are instructions of SQLite's virtual machine. How many there will be is an
/// estimate: each loop of the statement's program runs once a row of the largest table in it.
#[derive(Clone, Debug)]
pub struct Meter {
    instructions: Arc<AtomicU64>,
    begun: u64,
    total: u64,
}

impl Meter {
    /// Of how many thousandths the statement is done: 0 to 1000.
    pub fn thousandths(&self) -> u64 {
        let done = self.instructions.load(Ordering::Relaxed).saturating_sub(self.begun).min(self.total);
        done.saturating_mul(1000).checked_div(self.total).unwrap_or(1000)
    }
}

/// The instructions that a statement will take.
fn estimate(connection: &Connection, sql: &str) -> Result<u64> {
    let mut statement = connection.prepare(&format!("EXPLAIN {sql}"))?;
    let mut rows = statement.query([])?;
    let (mut looped, mut roots) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        let (address, instruction, jump): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(3)?);
        match instruction.as_str() {
            "Next" | "Prev" | "SorterNext" if jump <= address => looped += address - jump + 1,
            // A coroutine's consumer. The jump to 1 is where every program begins.
            "Goto" if jump > 1 && jump <= address => looped += address - jump + 1,
            "OpenRead" => roots.push(jump),
            _ => {}
        }
    }
    let mut most = 0;
    for root in roots {
        most = most.max(rows_of(connection, root)?);
    }
    Ok(u64::try_from(looped).unwrap_or(0).saturating_mul(most))
}

/// About how many rows the table of this root page has, told by its rowids, which costs nothing.
fn rows_of(connection: &Connection, root: i64) -> Result<u64> {
    let table: Option<String> = connection
        .prepare("SELECT name FROM main.sqlite_schema WHERE rootpage = ?1 AND type = 'table'")?
        .query_map([root], |row| row.get(0))?
        .next()
        .transpose()?;
    let Some(table) = table else { return Ok(0) };
    let rowid: (Option<i64>, Option<i64>) = connection.query_row(
        &format!(
            "SELECT (SELECT min(_rowid_) FROM main.{0}), (SELECT max(_rowid_) FROM main.{0})",
            quote_identifier(&table)
        ),
        [],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    Ok(match rowid {
        (Some(least), Some(most)) => most.abs_diff(least).saturating_add(1),
        _ => 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE t(a, b, c); CREATE TABLE u(a, b, c);
                 WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
                 INSERT INTO t SELECT i, i || 'x', i * 2 FROM n",
            )
            .unwrap();
        connection
    }

    #[test]
    fn a_copy_and_an_index_end_near_the_estimate() {
        let mut connection = filled();
        let clock = Clock::on(&mut connection, &Interrupt::default()).unwrap();
        for sql in ["INSERT INTO u(c, a) SELECT t.a, t.c FROM t", "CREATE INDEX i ON t(b, c)"] {
            let meter = clock.meter(&connection, sql).unwrap();
            assert_eq!(meter.thousandths(), 0);
            connection.execute_batch(sql).unwrap();
            assert!((500..=1000).contains(&meter.thousandths()), "{sql}: {meter:?}");
        }
    }

    #[test]
    fn what_is_short_or_wrong_has_no_meter() {
        let mut connection = filled();
        let clock = Clock::on(&mut connection, &Interrupt::default()).unwrap();
        for sql in ["CREATE TABLE v(a)", "INSERT INTO u VALUES (1, 2, 3)", "INSERT INTO none SELECT 1", ""] {
            assert!(clock.meter(&connection, sql).is_none(), "{sql}");
        }
    }
}
