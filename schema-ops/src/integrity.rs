use std::path::Path;

use schema_core::dialect::quote_text;
use schema_core::rusqlite::{self, Connection};

use crate::{Result, Unknown, explain, unknown_name};

/// How many faults an integrity check lists.
const FAULTS: usize = 5;

/// What a check of the whole file found.
#[derive(Debug, Default)]
pub struct Integrity {
    /// The first faults that SQLite finds, a line each, or `None`.
    pub faults: Option<String>,
    /// Tables that could not be checked, each with what only the application has.
    pub unchecked: Vec<(String, Unknown)>,
}

impl Integrity {
    /// What passed, in a line.
    pub fn passed(&self) -> String {
        let Some((first, unknown)) = self.unchecked.first() else { return "integrity ok".to_owned() };
        let (kind, name) = match unknown {
            Unknown::Function(name) => ("function", name),
            Unknown::Collation(name) => ("collation", name),
        };
        match self.unchecked.len() {
            1 => format!("integrity ok ({first} not: its {kind} {name} is the application's)"),
            several => format!(
                "integrity ok ({first} and {} more not: they need the application's {kind} {name})",
                several - 1
            ),
        }
    }
}

/// Checks the file. An index over a collating sequence of the application, or a CHECK that calls its
/// function, cannot be tried here: then it goes table by table, without those.
pub fn integrity(connection: &Connection) -> Result<Integrity> {
    checked(connection).map_err(|error| explain(Path::new(connection.path().unwrap_or("the copy")), error))
}

fn checked(connection: &Connection) -> rusqlite::Result<Integrity> {
    match faults(connection, &format!("PRAGMA main.integrity_check({FAULTS})")) {
        Ok(found) => return Ok(Integrity { faults: told(found), unchecked: Vec::new() }),
        Err(error) if unknown_in(&error).is_none() => return Err(error),
        Err(_) => {}
    }
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let (mut found, mut unchecked) = (Vec::new(), Vec::new());
    // The schema's own table stands for what belongs to none, such as the free pages.
    for table in std::iter::once("sqlite_schema".to_owned()).chain(tables) {
        let name = quote_text(&table);
        let whole = faults(connection, &format!("PRAGMA main.integrity_check({name})"));
        let rows = |_| faults(connection, &format!("PRAGMA main.quick_check({name})"));
        let Some(unknown) = whole.as_ref().err().and_then(unknown_in) else {
            found.extend(whole?);
            continue;
        };
        match whole.or_else(rows) {
            Ok(faults) => found.extend(faults),
            Err(error) if unknown_in(&error).is_some() => {}
            Err(error) => return Err(error),
        }
        unchecked.push((table, unknown));
    }
    Ok(Integrity { faults: told(found), unchecked })
}

fn faults(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<String>> {
    let found: Vec<String> =
        connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(found.into_iter().filter(|row| row != "ok").collect())
}

fn told(mut faults: Vec<String>) -> Option<String> {
    faults.truncate(FAULTS);
    (!faults.is_empty()).then(|| faults.join("\n"))
}

/// What an error is about, where only the application has it.
pub(crate) fn unknown_in(error: &rusqlite::Error) -> Option<Unknown> {
    unknown_name(&error.to_string())
}
