use std::path::Path;

use schema_core::rusqlite::Connection;
use schema_core::rusqlite::backup::{Backup, StepResult};

use super::live::Patience;
use crate::backup::{PAGES_A_STEP, Progress, Watch, pages_of};
use crate::{Result, explain};

/// Writes a database into another through SQLite, in one transaction of it: whoever reads sees the old
/// state or the new one, and a process that dies leaves the old one.
pub(super) fn write(
    source: &Connection,
    live: &mut Connection,
    database: &Path,
    patience: &mut Patience,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let left_log = leave_log(source, live, database, patience)?;
    let written = copy_pages(source, live, database, patience, watch);
    if left_log {
        patience.retry(database, || journal_mode(live, "WAL"))?;
    }
    written
}

fn copy_pages(
    source: &Connection,
    live: &mut Connection,
    database: &Path,
    patience: &mut Patience,
    watch: &mut Watch<'_>,
) -> Result<()> {
    let named = |error| explain(database, error);
    let backup = Backup::new(source, live).map_err(named)?;
    loop {
        let step = backup.step(PAGES_A_STEP).map_err(named)?;
        let pages = backup.progress();
        watch(Progress {
            what: "writing the database",
            done: pages_of(pages.pagecount.saturating_sub(pages.remaining)),
            total: pages_of(pages.pagecount),
        })?;
        match step {
            StepResult::Done => return Ok(()),
            StepResult::More => {}
            _ => patience.wait(database)?,
        }
    }
}

/// A database with a log cannot change the size of its pages; without one it can. Leaving it needs the
/// database for oneself, so nobody has it open in that moment.
fn leave_log(
    source: &Connection,
    live: &Connection,
    database: &Path,
    patience: &mut Patience,
) -> Result<bool> {
    let size = |connection: &Connection| {
        connection.query_row("PRAGMA main.page_size", [], |row| row.get::<_, i64>(0))
    };
    let mode: String = live
        .query_row("PRAGMA main.journal_mode", [], |row| row.get(0))
        .map_err(|error| explain(database, error))?;
    let named = |error| explain(database, error);
    if mode != "wal" || size(source).map_err(named)? == size(live).map_err(named)? {
        return Ok(false);
    }
    patience.retry(database, || journal_mode(live, "DELETE"))?;
    Ok(true)
}

/// Sets the journal mode, and fails where it is not taken.
pub(super) fn journal_mode(connection: &Connection, mode: &str) -> schema_core::rusqlite::Result<()> {
    connection.query_row(&format!("PRAGMA main.journal_mode = {mode}"), [], |_| Ok(()))
}
