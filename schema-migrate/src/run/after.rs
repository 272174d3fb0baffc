use std::time::Duration;

use schema_core::rusqlite::Connection;

use super::observer::{Event, Observer};
use super::report::Report;

/// How long readers are waited for, so that the log can be emptied.
const PATIENCE: Duration = Duration::from_millis(200);

/// Looks at every table (0x10000), not only at those that this connection has queried, which are none;
/// with the limit on the rows read from each that SQLite sets itself (0x10).
/// <https://sqlite.org/pragma.html#pragma_optimize>
const OPTIMIZE: &str = "PRAGMA optimize = 0x10012";

/// Leaves the database in order: the log is written into it, and SQLite looks which statistics of its
/// planner are out of date. What does not work out is told and stops nothing: everything is committed.
pub(super) fn settle(connection: &Connection, report: &mut Report, observer: &mut dyn Observer) {
    if report.revisions.is_empty() {
        return;
    }
    let mut trouble = Vec::new();
    // Takes the place of the runner's own waiting, which is over.
    let done = connection.busy_timeout(PATIENCE).and_then(|()| connection.execute_batch(OPTIMIZE));
    if let Err(error) = done {
        trouble.push(format!("PRAGMA optimize was left out: {error}"));
    }
    let emptied = connection.query_row("PRAGMA main.wal_checkpoint(TRUNCATE)", [], |row| {
        // No log at all is -1 pages.
        Ok((row.get::<_, bool>(0)?, row.get::<_, i64>(1)?))
    });
    let checkpointed = match emptied {
        Ok((false, pages)) => pages >= 0,
        Ok((true, _)) => false,
        Err(error) => {
            trouble.push(format!("the log was not written into the database: {error}"));
            false
        }
    };
    for text in trouble {
        report.warn(observer, text);
    }
    observer.event(&Event::Settled { checkpointed });
}
