//! Which foreign key refused a statement. SQLite does not say, so it is looked for afterwards: the
//! statement is undone by then, and what it would have written is known.

use std::{sync::mpsc, thread, time::Duration};

use super::{Connection, Failure, Source};
use crate::{
    dialect::quote_identifier,
    error::{Error, Kind, Violation, ViolationKind},
    model::TableDef,
    value::{Binder, Value},
};

/// A statement that failed with `FOREIGN KEY constraint failed`.
pub(crate) struct Attempt<'a> {
    /// The table that it writes.
    pub(crate) table: &'a TableDef,
    /// What it does.
    pub(crate) change: Change,
    /// The rows that it writes: what a column would hold, `None` where that is not known. None for a
    /// DELETE.
    pub(crate) new: &'a [NewColumns<'a>],
    /// The rows that it updates or deletes, as a condition on the table's columns; empty for an INSERT.
    pub(crate) rows: &'a str,
    /// The parameters of `rows`.
    pub(crate) parameters: &'a [Value],
}

/// What a column of a written row would hold.
pub(crate) type NewColumns<'a> = &'a dyn Fn(&str) -> Option<Value>;

/// What a statement does to its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Insert,
    Update,
    Delete,
}

/// A foreign key as it is in the database.
#[derive(Debug)]
struct Reference {
    child: String,
    parent: String,
    from: Vec<String>,
    /// Empty where the text names no columns: the parent's primary key.
    to: Vec<String>,
    on_update: String,
    on_delete: String,
}

impl Reference {
    /// `reviews.book_id`, `reviews (a, b)`.
    fn describe(table: &str, columns: &[String]) -> String {
        match columns {
            [column] => format!("`{table}.{column}`"),
            _ => format!("`{table}` ({})", columns.join(", ")),
        }
    }

    fn error(&self, why: &str) -> Error {
        let from = Self::describe(&self.child, &self.from);
        let to = Self::describe(&self.parent, &self.to);
        Error::new(Kind::Violation, format!("FOREIGN KEY constraint failed: {from} refers to {to}, {why}"))
            .with_violation(Violation {
                kind: ViolationKind::ForeignKey,
                table: Some(self.child.clone()),
                columns: self.from.clone(),
                constraint: None,
            })
            .with_sqlite_code(rusqlite::ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
    }
}

/// The error with the foreign key that caused it, where it is one and it can be found.
#[cold]
pub(crate) fn explain_foreign_key(error: Error, connection: &Connection, attempt: &Attempt<'_>) -> Error {
    let is_unexplained = error
        .violation()
        .is_some_and(|violation| violation.kind == ViolationKind::ForeignKey && violation.columns.is_empty());
    if !is_unexplained {
        return error;
    }
    let found = missing_parent(connection, attempt).and_then(|found| match found {
        Some(found) => Ok(Some(found)),
        None => remaining_child(connection, attempt),
    });
    // A probe that fails leaves the error as SQLite gave it.
    found.ok().flatten().unwrap_or(error)
}

fn missing_parent(connection: &Connection, attempt: &Attempt<'_>) -> Result<Option<Error>, Failure> {
    if attempt.new.is_empty() {
        return Ok(None);
    }
    let keys = references(connection, "m.name", &attempt.table.name)?;
    for (new, key) in attempt.new.iter().flat_map(|new| keys.iter().map(move |key| (new, key))) {
        let mut values = Vec::with_capacity(key.from.len());
        for column in &key.from {
            values.push(match new(column) {
                Some(value) => Some(value),
                None if attempt.change == Change::Update => stored(connection, attempt, column)?,
                None => None,
            });
        }
        // A key with a NULL in it refers to nothing; one that is not known is not judged.
        let Some(values) = values.into_iter().collect::<Option<Vec<_>>>() else { continue };
        if values.contains(&Value::Null) || refers_to_written(key, &values, attempt) {
            continue;
        }
        let condition: Vec<String> =
            key.to.iter().map(|column| format!("{} = ?", quote_identifier(column))).collect();
        let sql =
            format!("SELECT 1 FROM {} WHERE {}", quote_identifier(&key.parent), condition.join(" AND "));
        if !finds(connection, &sql, &values)? {
            let shown: Vec<String> = values.iter().map(Value::to_string).collect();
            let why = format!("where no row has {}; nothing was changed", shown.join(", "));
            return Ok(Some(key.error(&why)));
        }
    }
    Ok(None)
}

/// A row may be its own parent, or that of a row beside it.
fn refers_to_written(key: &Reference, values: &[Value], attempt: &Attempt<'_>) -> bool {
    key.parent.eq_ignore_ascii_case(&attempt.table.name)
        && attempt
            .new
            .iter()
            .any(|new| key.to.iter().zip(values).all(|(column, value)| new(column).as_ref() == Some(value)))
}

fn stored(connection: &Connection, attempt: &Attempt<'_>, column: &str) -> Result<Option<Value>, Failure> {
    let sql = format!(
        "SELECT {} FROM {} WHERE {} LIMIT 1",
        quote_identifier(column),
        quote_identifier(&attempt.table.name),
        attempt.rows
    );
    Ok(rows(connection, &sql, attempt.parameters)?.pop().and_then(|mut row| row.pop()))
}

/// Rows of a table that a statement reaches, level by level through CASCADE.
struct Reached {
    table: String,
    /// The table, under an alias of its own below the first level.
    from: String,
    qualifier: String,
    condition: String,
    depth: usize,
}

/// Cascades that are followed; SQLite's own limit is a thousand.
const DEPTH: usize = 8;

fn remaining_child(connection: &Connection, attempt: &Attempt<'_>) -> Result<Option<Error>, Failure> {
    if attempt.rows.is_empty() {
        return Ok(None);
    }
    let table = quote_identifier(&attempt.table.name);
    let mut reached = vec![Reached {
        table: attempt.table.name.to_string(),
        from: table.clone(),
        qualifier: table,
        condition: attempt.rows.to_owned(),
        depth: 0,
    }];
    while let Some(parent) = reached.pop() {
        for key in references(connection, "f.\"table\"", &parent.table)? {
            // An UPDATE that leaves a key alone takes no row its parent.
            let is_set = |new: &NewColumns<'_>| key.to.iter().any(|column| new(column).is_some());
            if attempt.change == Change::Update && parent.depth == 0 && !attempt.new.iter().any(is_set) {
                continue;
            }
            let alias = format!("referring{}", parent.depth);
            let pairs: Vec<String> = key
                .from
                .iter()
                .zip(&key.to)
                .map(|(from, to)| {
                    // The parent's column first: its collation is the one that counts.
                    format!(
                        "{}.{} = {alias}.{}",
                        parent.qualifier,
                        quote_identifier(to),
                        quote_identifier(from)
                    )
                })
                .collect();
            let condition = format!(
                "EXISTS (SELECT 1 FROM {} WHERE ({}) AND {})",
                parent.from,
                parent.condition,
                pairs.join(" AND ")
            );
            let from = format!("{} AS {alias}", quote_identifier(&key.child));
            let action = if attempt.change == Change::Delete { &key.on_delete } else { &key.on_update };
            match action.as_str() {
                "NO ACTION" | "RESTRICT" => {
                    let sql = format!("SELECT 1 FROM {from} WHERE {condition} LIMIT 1");
                    if finds(connection, &sql, attempt.parameters)? {
                        return Ok(Some(key.error("and such rows are still there; nothing was changed")));
                    }
                }
                "CASCADE" if parent.depth + 1 < DEPTH => reached.push(Reached {
                    table: key.child,
                    from,
                    qualifier: alias,
                    condition,
                    depth: parent.depth + 1,
                }),
                _ => {}
            }
        }
    }
    Ok(None)
}

/// The foreign keys of a table (`side`: `m.name`) or to it (`side`: `f."table"`).
fn references(connection: &Connection, side: &str, table: &str) -> Result<Vec<Reference>, Failure> {
    let sql = format!(
        "SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_update, f.on_delete \
         FROM sqlite_schema AS m JOIN pragma_foreign_key_list(m.name) AS f \
         WHERE m.type = 'table' AND {side} = ?1 COLLATE NOCASE ORDER BY m.name, f.id, f.seq"
    );
    let mut references: Vec<(Value, Reference)> = Vec::new();
    for row in rows(connection, &sql, &[Value::Text(table.to_owned())])? {
        let mut row = row.into_iter();
        let (child, id) = (row.next().and_then(text), row.next().unwrap_or_default());
        let (parent, from, to) = (row.next().and_then(text), row.next().and_then(text), row.next());
        let (Some(child), Some(parent), Some(from)) = (child, parent, from) else { continue };
        let last = references.last().map(|(last, key)| (last, key.child.as_str()));
        if last != Some((&id, child.as_str())) {
            references.push((
                id,
                Reference {
                    child,
                    parent,
                    from: Vec::new(),
                    to: Vec::new(),
                    on_update: row.next().and_then(text).unwrap_or_default(),
                    on_delete: row.next().and_then(text).unwrap_or_default(),
                },
            ));
        }
        if let Some((_, key)) = references.last_mut() {
            key.from.push(from);
            key.to.extend(to.and_then(text));
        }
    }
    let mut found = Vec::with_capacity(references.len());
    for (_, mut key) in references {
        if key.to.is_empty() {
            let sql = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk";
            key.to = rows(connection, sql, &[Value::Text(key.parent.clone())])?
                .into_iter()
                .filter_map(|mut row| row.pop().and_then(text))
                .collect();
        }
        // Where the counts differ SQLite refuses the statement with a message of its own.
        if key.to.len() == key.from.len() {
            found.push(key);
        }
    }
    Ok(found)
}

/// How long a failed COMMIT may look for its cause.
const LOOKING: Duration = Duration::from_millis(250);

/// The error with the foreign key that a COMMIT failed for. The transaction is still open.
#[cold]
pub(crate) fn explain_deferred(error: Error, connection: &Connection) -> Error {
    let is_foreign_key =
        error.violation().is_some_and(|violation| violation.kind == ViolationKind::ForeignKey);
    if !is_foreign_key {
        return error;
    }
    let interrupt = connection.raw().get_interrupt_handle();
    let (finished, watch) = mpsc::channel::<()>();
    let found = thread::scope(|scope| {
        // The check reads whole tables; others wait for this transaction meanwhile.
        scope.spawn(move || {
            if watch.recv_timeout(LOOKING) == Err(mpsc::RecvTimeoutError::Timeout) {
                interrupt.interrupt();
            }
        });
        let found = first_violation(connection);
        drop(finished);
        found
    });
    found.ok().flatten().unwrap_or(error)
}

fn first_violation(connection: &Connection) -> Result<Option<Error>, Failure> {
    let sql = "SELECT \"table\", fkid FROM pragma_foreign_key_check LIMIT 1";
    let Some(row) = rows(connection, sql, &[])?.pop() else { return Ok(None) };
    let [Value::Text(table), Value::Integer(id)] = &row[..] else { return Ok(None) };
    let keys = "SELECT \"from\" FROM pragma_foreign_key_list(?) WHERE id = ? ORDER BY seq";
    let columns: Vec<String> = rows(connection, keys, &[Value::Text(table.clone()), Value::Integer(*id)])?
        .into_iter()
        .filter_map(|mut row| row.pop().and_then(text))
        .collect();
    Ok(references(connection, "m.name", table)?
        .into_iter()
        .find(|key| key.from == columns)
        .map(|key| key.error("and a row of it has no parent; nothing was changed")))
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn finds(connection: &Connection, sql: &str, parameters: &[Value]) -> Result<bool, Failure> {
    connection.with(&Source::Text(sql), |bound| {
        let mut binder = Binder::sqlite(bound.parameters());
        for value in parameters {
            binder.value(value);
        }
        bound.step()
    })
}

fn rows(connection: &Connection, sql: &str, parameters: &[Value]) -> Result<Vec<Vec<Value>>, Failure> {
    connection.with(&Source::Text(sql), |bound| {
        let mut binder = Binder::sqlite(bound.parameters());
        for value in parameters {
            binder.value(value);
        }
        let mut rows = Vec::new();
        while bound.step()? {
            rows.push((0..bound.columns()).map(|at| bound.row().cell(at).to_value()).collect());
        }
        Ok(rows)
    })
}
