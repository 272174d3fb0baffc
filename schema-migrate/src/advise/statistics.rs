use std::collections::HashMap;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::{self, Connection};

use crate::{Error, Result};

/// So many times more or fewer rows than when they were counted make statistics stale: `PRAGMA optimize` counts anew
/// then. <https://sqlite.org/pragma.html#pragma_optimize>
const STALE: u64 = 10;

/// A table of which SQLite knows too little to choose between its indexes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// The table.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// What is wrong.
    pub lacking: Lacking,
}

/// What SQLite does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lacking {
    /// Anything of the table.
    Table,
    /// Anything of these indexes, which are newer than the others.
    Indexes(Vec<String>),
    /// How many rows there are: it expects this many.
    Rows(u64),
}

/// The tables of more rows than `big` whose statistics would be of use and are not there, or are of another time.
pub(super) fn statistics(
    live: &Connection,
    schema: &SchemaDef,
    rows: &HashMap<String, u64>,
    big: u64,
) -> Result<Vec<Statistics>> {
    let counted = counted(live).map_err(|error| Error::sqlite("read the statistics", error))?;
    let mut found = Vec::new();
    for table in schema.tables.iter() {
        // Where there is nothing to choose from, nothing is lacking.
        let indexes: Vec<&str> = table
            .indexes
            .iter()
            .filter(|index| index.filter.is_none())
            .map(|index| index.name.as_ref())
            .collect();
        let rows = rows.get(table.name.as_ref()).copied().unwrap_or(0);
        if rows <= big || indexes.is_empty() {
            continue;
        }
        let known: Vec<&(String, String, u64)> =
            counted.iter().filter(|(name, _, _)| name.eq_ignore_ascii_case(&table.name)).collect();
        let missing: Vec<String> = indexes
            .iter()
            .filter(|index| !known.iter().any(|(_, name, _)| name.eq_ignore_ascii_case(index)))
            .map(|index| (*index).to_owned())
            .collect();
        let expected = known.iter().map(|(_, _, rows)| *rows).max();
        let lacking = match expected {
            None => Lacking::Table,
            Some(expected) if rows / STALE >= expected.max(1) || expected / STALE >= rows => {
                Lacking::Rows(expected)
            }
            Some(_) if !missing.is_empty() => Lacking::Indexes(missing),
            Some(_) => continue,
        };
        found.push(Statistics { table: table.name.to_string(), rows, lacking });
    }
    Ok(found)
}

/// Table, index and the rows that were there.
fn counted(live: &Connection) -> rusqlite::Result<Vec<(String, String, u64)>> {
    let is_there: bool = live.query_row(
        "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = 'sqlite_stat1'",
        [],
        |row| row.get(0),
    )?;
    if !is_there {
        return Ok(Vec::new());
    }
    let mut statement =
        live.prepare("SELECT tbl, coalesce(idx, ''), coalesce(stat, '') FROM main.sqlite_stat1")?;
    let rows = statement.query_map([], |row| {
        let (table, index, stat): (String, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let rows = stat.split(' ').next().and_then(|rows| rows.parse().ok()).unwrap_or(0);
        Ok((table, index, rows))
    })?;
    rows.collect()
}
