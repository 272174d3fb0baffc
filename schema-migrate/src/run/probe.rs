use schema_core::rusqlite::Connection;

use super::unknown;

/// A view or trigger of the database that SQLite cannot make sense of, in its own words. Such a one
/// anywhere keeps SQLite from renaming tables and dropping columns. Functions that only the
/// application knows are no fault. Leaves the database as it was.
///
/// Preparing them would fail on such functions; renaming a column of some other table does not. Over
/// a connection that only reads, as in a dry run, nothing can be said.
pub(crate) fn broken(connection: &Connection) -> Option<String> {
    if connection.is_readonly("main").unwrap_or(false) {
        return None;
    }
    let outside = connection.is_autocommit();
    let (begin, end) = if outside {
        ("BEGIN IMMEDIATE", "ROLLBACK")
    } else {
        ("SAVEPOINT _probe", "ROLLBACK TO _probe; RELEASE _probe")
    };
    if connection.execute_batch(begin).is_err() {
        return None;
    }
    let free = (0..u32::MAX).map(|number| format!("_probe_{number}")).find(|name| {
        let taken =
            connection.query_row("SELECT 1 FROM main.sqlite_schema WHERE name = ?1", [name], |_| Ok(()));
        taken.is_err()
    })?;
    // Where nothing can be written, on a connection for reading, nothing can be tried either.
    let found = match connection.execute_batch(&format!("CREATE TABLE main.{free}(x)")) {
        Ok(()) => unknown::run(connection, &format!("ALTER TABLE main.{free} RENAME COLUMN x TO y"))
            .err()
            .map(|error| error.to_string())
            // Found through a view under an INSTEAD OF trigger, where SQLite does not overlook it.
            .filter(|message| !message.contains("no such function: ")),
        Err(_) => None,
    };
    drop(connection.execute_batch(end));
    found
}
