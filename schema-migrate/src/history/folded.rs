//! Histories of databases that have applied what a squash replaces.

use schema_core::rusqlite::{Connection, params};

use super::{Applied, insert, read};
use crate::files::{Folder, Migration};
use crate::{Error, Result};

/// The history of a database as it counts beside this folder.
pub fn read_beside(connection: &Connection, folder: &Folder) -> Result<Vec<Applied>> {
    Ok(beside(read(connection)?, folder))
}

/// The same of rows that were read: a database that has the last revision which a squash replaces has the
/// squash.
pub(crate) fn beside(mut rows: Vec<Applied>, folder: &Folder) -> Vec<Applied> {
    for squash in due(folder, &rows) {
        let is_replaced = |row: &Applied| squash.replaces.contains(&row.revision);
        let row = row_of(squash, &rows);
        let at = rows.iter().position(is_replaced).unwrap_or(rows.len());
        rows.retain(|row| !is_replaced(row));
        for parent in rows.iter_mut().flat_map(|row| &mut row.parents) {
            if squash.replaces.last() == Some(parent) {
                *parent = squash.revision.to_string();
            }
        }
        rows.insert(at.min(rows.len()), row);
    }
    rows
}

/// Writes into the history what [`read_beside`] reads out of it.
pub(crate) fn fold(connection: &Connection, folder: &Folder) -> Result<()> {
    let rows = read(connection)?;
    if due(folder, &rows).is_empty() {
        return Ok(());
    }
    let sqlite = |error| Error::sqlite("write the history of migrations", error).state("nothing was changed");
    let folded = beside(rows.clone(), folder);
    connection.execute_batch("BEGIN IMMEDIATE").map_err(sqlite)?;
    let write = || {
        for row in &rows {
            connection
                .execute("DELETE FROM main._schema_migrations WHERE revision = ?1", params![row.revision])
                .map_err(sqlite)?;
        }
        folded.iter().try_for_each(|row| insert(connection, row))?;
        connection.execute_batch("COMMIT").map_err(sqlite)
    };
    write().inspect_err(|_| drop(connection.execute_batch("ROLLBACK")))
}

/// The squashes that a database has without its history saying so.
fn due<'a>(folder: &'a Folder, rows: &[Applied]) -> Vec<&'a Migration> {
    let has = |revision: &str| rows.iter().any(|row| row.revision == revision);
    let squashes = folder.migrations().iter().filter(|migration| !has(migration.revision.as_str()));
    // One that was stopped half-way is nothing yet that could be folded.
    let is_whole = |last: &String| rows.iter().any(|row| row.revision == *last && row.unfinished().is_none());
    squashes.filter(|squash| squash.replaces.last().is_some_and(is_whole)).collect()
}

/// The row of a squash: applied when the last of what it replaces was.
fn row_of(squash: &Migration, rows: &[Applied]) -> Applied {
    let replaced = || rows.iter().filter(|row| squash.replaces.contains(&row.revision));
    let mut row = Applied::now(squash, std::time::Duration::ZERO, 0);
    row.duration_ms = replaced().map(|row| row.duration_ms).sum();
    row.rows_touched = replaced().map(|row| row.rows_touched).sum();
    if let Some(last) = replaced().next_back() {
        row.applied_at.clone_from(&last.applied_at);
        row.program_version.clone_from(&last.program_version);
    }
    row
}
