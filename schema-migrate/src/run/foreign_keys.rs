use std::collections::BTreeMap;

use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::types::{Value, ValueRef};
use schema_core::rusqlite::{Connection, Result as SqliteResult, Row, params_from_iter};

use super::renames::Renames;
use super::unknown;
use crate::sql::{Token, tokens};
use crate::{Error, Result};

/// Rows without their parent, counted by child table, parent table and the child's key values: a
/// rowid would not do, since a rebuild may give another, and WITHOUT ROWID tables have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Violations(BTreeMap<Violation, u64>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    /// The child table.
    pub(crate) child: String,
    /// The parent table.
    pub(crate) parent: String,
    /// The child's columns.
    pub(crate) columns: Vec<String>,
    /// The key that has no parent, as SQL literals; empty where the parent's key is not unique.
    key: String,
}

impl Violation {
    /// Whether it is no row, but a foreign key to columns of the parent that are no key.
    pub(crate) fn is_mismatch(&self) -> bool {
        self.columns.is_empty()
    }

    /// The same with names as SQL compares them.
    fn folded(&self) -> Self {
        Self {
            child: self.child.to_ascii_lowercase(),
            parent: self.parent.to_ascii_lowercase(),
            columns: self.columns.iter().map(|column| column.to_ascii_lowercase()).collect(),
            key: self.key.clone(),
        }
    }
}

impl Violations {
    /// Every violation of the database, table by table: over the whole database the pragma fails
    /// as soon as one parent key is not unique.
    pub(crate) fn read(connection: &Connection) -> Result<Self> {
        let tables: Vec<String> = connection
            .prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND sql LIKE '%references%'")
            .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
            .map_err(|error| Error::sqlite("list the tables", error))?;
        let mut found = Self::default();
        for table in tables {
            found
                .check(connection, &table)
                .map_err(|error| Error::sqlite(format!("check the foreign keys of {table}"), error))?;
        }
        Ok(found)
    }

    fn check(&mut self, connection: &Connection, table: &str) -> SqliteResult<()> {
        let mut statement =
            connection.prepare("SELECT rowid, parent, fkid FROM pragma_foreign_key_check(?1)")?;
        let mut rows = statement.query([table])?;
        // Those whose rowid is hidden, or that have none.
        let mut without_rowid: BTreeMap<(String, i64), u64> = BTreeMap::new();
        let rowid_name = rowid_name(connection, table)?;
        loop {
            let row = match rows.next() {
                Ok(Some(row)) => row,
                Ok(None) => break,
                Err(error) if error.to_string().contains("foreign key mismatch") => {
                    let violation = Violation {
                        child: table.to_owned(),
                        parent: mismatched_parent(&error.to_string()),
                        columns: Vec::new(),
                        key: String::new(),
                    };
                    *self.0.entry(violation).or_default() += 1;
                    break;
                }
                // A key over a collating sequence of the application cannot be looked up here, and no
                // statement can write to it either.
                Err(error) if unknown::of(&error).is_some() => break,
                Err(error) => return Err(error),
            };
            let (rowid, parent, id): (Option<i64>, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let Some((rowid, name)) = rowid.zip(rowid_name) else {
                *without_rowid.entry((parent, id)).or_default() += 1;
                continue;
            };
            let (columns, _) = key_columns(connection, table, id)?;
            let key = key_of(connection, table, &columns, name, rowid)?;
            *self.0.entry(Violation { child: table.to_owned(), parent, columns, key }).or_default() += 1;
        }
        for ((parent, id), count) in without_rowid {
            let (columns, references) = key_columns(connection, table, id)?;
            let mut keys = lost_keys(connection, table, &columns, &parent, &references)?;
            if u64::try_from(keys.len()) != Ok(count) {
                // The comparison of a key is SQLite's own; where ours differs, the number speaks.
                keys = (0..count).map(|_| String::new()).collect();
            }
            for key in keys {
                let (child, columns) = (table.to_owned(), columns.clone());
                *self.0.entry(Violation { child, parent: parent.clone(), columns, key }).or_default() += 1;
            }
        }
        Ok(())
    }

    /// How many rows there are without a parent.
    pub(crate) fn count(&self) -> u64 {
        self.0.iter().filter(|(violation, _)| !violation.is_mismatch()).map(|(_, count)| count).sum()
    }

    /// Child and parent of each foreign key to columns that are no key.
    pub(crate) fn mismatches(&self) -> impl Iterator<Item = (&str, &str)> {
        let found = self.0.keys().filter(|violation| violation.is_mismatch());
        found.map(|violation| (violation.child.as_str(), violation.parent.as_str()))
    }

    /// The same rows under the names that they have after a script: a row that has had no parent
    /// all along is not the fault of a rename.
    pub(super) fn renamed(&self, names: &Renames) -> Self {
        let mut renamed = Self::default();
        for (violation, count) in &self.0 {
            let columns = violation.columns.iter();
            let violation = Violation {
                child: names.new_table(&violation.child).to_owned(),
                parent: names.new_table(&violation.parent).to_owned(),
                columns: columns
                    .map(|column| names.new_column(&violation.child, column).to_owned())
                    .collect(),
                key: violation.key.clone(),
            };
            *renamed.0.entry(violation).or_default() += count;
        }
        renamed
    }

    /// Those that were not there before, with their number, the keys of one foreign key together.
    pub(crate) fn new_since(&self, before: &Self) -> Vec<(Violation, u64)> {
        let mut known: BTreeMap<Violation, u64> = BTreeMap::new();
        for (violation, count) in &before.0 {
            *known.entry(violation.folded()).or_default() += count;
        }
        let mut found: Vec<(Violation, u64)> = Vec::new();
        for (violation, count) in &self.0 {
            let more = count.saturating_sub(known.get(&violation.folded()).copied().unwrap_or(0));
            if more == 0 {
                continue;
            }
            let same = found.iter_mut().find(|(known, _)| {
                known.child == violation.child
                    && known.parent == violation.parent
                    && known.columns == violation.columns
            });
            match same {
                Some((_, total)) => *total += more,
                None => found.push((violation.clone(), more)),
            }
        }
        found
    }
}

/// The parent out of `foreign key mismatch - "child" referencing "parent"`.
fn mismatched_parent(message: &str) -> String {
    let named = message.split_once("\" referencing ").map(|(_, rest)| rest).unwrap_or_default();
    let all = tokens(named).unwrap_or_default();
    all.first().map(Token::name).unwrap_or_default()
}

/// The columns of a foreign key, and those that it points at: none where it is the primary key.
fn key_columns(connection: &Connection, table: &str, id: i64) -> SqliteResult<(Vec<String>, Vec<String>)> {
    let mut statement = connection
        .prepare("SELECT \"from\", \"to\" FROM pragma_foreign_key_list(?1) WHERE id = ?2 ORDER BY seq")?;
    let mut rows = statement.query(schema_core::rusqlite::params![table, id])?;
    let (mut columns, mut references) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        columns.push(row.get(0)?);
        references.extend(row.get::<_, Option<String>>(1)?);
    }
    Ok((columns, references))
}

/// The keys of a child without rowids that have no parent: SQLite says only how many there are.
fn lost_keys(
    connection: &Connection,
    table: &str,
    columns: &[String],
    parent: &str,
    references: &[String],
) -> SqliteResult<Vec<String>> {
    let references: Vec<String> = match references {
        [] => connection
            .prepare("SELECT name FROM pragma_table_xinfo(?1) WHERE pk > 0 ORDER BY pk")?
            .query_map([parent], |row| row.get(0))?
            .collect::<SqliteResult<_>>()?,
        named => named.to_vec(),
    };
    let named = |column: &String| quote_identifier(column);
    let equal: Vec<String> = references
        .iter()
        .zip(columns)
        .map(|(reference, column)| format!("p.{} = +c.{}", named(reference), named(column)))
        .collect();
    let filled: Vec<String> =
        columns.iter().map(|column| format!("c.{} IS NOT NULL", named(column))).collect();
    let sql = format!(
        "SELECT {} FROM main.{} AS c WHERE {} AND NOT EXISTS (SELECT 1 FROM main.{} AS p WHERE {})",
        literals("c.", columns),
        quote_identifier(table),
        filled.join(" AND "),
        quote_identifier(parent),
        equal.join(" AND ")
    );
    // A parent that is not there has none of the keys.
    let sql = match connection.prepare(&sql) {
        Ok(_) => sql,
        Err(_) => format!(
            "SELECT {} FROM main.{} AS c WHERE {}",
            literals("c.", columns),
            quote_identifier(table),
            filled.join(" AND ")
        ),
    };
    connection.prepare(&sql)?.query_map([], text)?.collect()
}

/// An expression for the values of columns as SQL literals.
fn literals(qualifier: &str, columns: &[String]) -> String {
    let quoted: Vec<String> =
        columns.iter().map(|column| format!("quote({qualifier}{})", quote_identifier(column))).collect();
    quoted.join(" || ',' || ")
}

fn text(row: &Row<'_>) -> SqliteResult<String> {
    Ok(match row.get_ref(0)? {
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        _ => String::new(),
    })
}

/// The name by which the rowid is read, where no column has it.
pub(crate) fn rowid_name(connection: &Connection, table: &str) -> SqliteResult<Option<&'static str>> {
    let columns: Vec<String> = connection
        .prepare("SELECT name FROM pragma_table_xinfo(?1)")?
        .query_map([table], |row| row.get(0))?
        .collect::<SqliteResult<_>>()?;
    let is_free = |name: &&str| !columns.iter().any(|column| column.eq_ignore_ascii_case(name));
    Ok(["_rowid_", "rowid", "oid"].into_iter().find(is_free))
}

/// The values of a child's key as SQL literals.
fn key_of(
    connection: &Connection,
    table: &str,
    columns: &[String],
    rowid_name: &str,
    rowid: i64,
) -> SqliteResult<String> {
    let sql = format!(
        "SELECT {} FROM main.{} WHERE {rowid_name} = ?1",
        literals("", columns),
        quote_identifier(table),
    );
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query(params_from_iter([Value::Integer(rowid)]))?;
    match rows.next()? {
        Some(row) => text(row),
        None => Ok(String::new()),
    }
}
