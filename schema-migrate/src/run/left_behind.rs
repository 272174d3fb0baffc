use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::{Connection, Result as SqliteResult, params};

use super::foreign_keys::Violation;
use super::renames::Renames;
use crate::Error;

/// Says which rows a migration would leave without their parent, and how to list them. `connection`
/// has the tables as the migration leaves them, `names` what they are called once it is undone.
pub(super) fn error(connection: &Connection, found: &[(Violation, u64)], names: &Renames) -> Option<Error> {
    let (first, count) = found.first()?;
    let more = match found.len() {
        1 => String::new(),
        several => format!(", and {} more foreign keys broken", several - 1),
    };
    if first.is_mismatch() {
        return Some(mismatch(connection, first, &more));
    }
    let columns: Vec<String> =
        first.columns.iter().map(|column| format!("{}.{column}", first.child)).collect();
    let error = Error::failed(format!(
        "{count} rows of `{}` have no row in `{}` ({})",
        first.child,
        first.parent,
        columns.join(", ")
    ))
    .why(format!(
        "the migration would leave them behind{more}; violations that were there before do not count"
    ));
    Some(match query(connection, first, names) {
        Some(query) => error
            .next(format!("correct the rows that have no parent now; they are listed by: {query}"))
            .next("where it lists none, the migration takes the parents away: correct the migration"),
        None => error.next("correct these rows or the migration"),
    })
}

fn mismatch(connection: &Connection, violation: &Violation, more: &str) -> Error {
    let (child, parent) = (&violation.child, &violation.parent);
    let keys: Vec<String> = keys(connection, child, parent)
        .unwrap_or_default()
        .iter()
        .map(|key| format!("{parent}({})", key.parent.join(", ")))
        .collect();
    let keys = if keys.is_empty() { "what it refers to".to_owned() } else { keys.join(" or ") };
    Error::failed(format!("a foreign key of `{child}` refers to columns of `{parent}` that are no key"))
        .why(format!(
            "{keys} is neither the primary key nor unique, and SQLite then refuses every change of the rows{more}"
        ))
        .next(format!("make these columns of `{parent}` unique, or refer to its primary key"))
}

/// The columns of a foreign key, in order.
struct Key {
    child: Vec<String>,
    parent: Vec<String>,
}

/// The foreign keys from one table to another.
fn keys(connection: &Connection, child: &str, parent: &str) -> SqliteResult<Vec<Key>> {
    let primary: Vec<String> = connection
        .prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk")?
        .query_map([parent], |row| row.get(0))?
        .collect::<SqliteResult<_>>()?;
    let mut statement = connection.prepare(
        "SELECT id, \"from\", \"to\" FROM pragma_foreign_key_list(?1) \
         WHERE \"table\" = ?2 COLLATE NOCASE ORDER BY id, seq",
    )?;
    let mut rows = statement.query(params![child, parent])?;
    let mut found: Vec<(i64, Key)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (id, from, to): (i64, String, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
        if found.last().is_none_or(|(last, _)| *last != id) {
            found.push((id, Key { child: Vec::new(), parent: Vec::new() }));
        }
        let Some((_, key)) = found.last_mut() else { continue };
        // Without columns of its own it refers to the primary key.
        let to = to.or_else(|| primary.get(key.parent.len()).cloned());
        key.child.push(from);
        key.parent.push(to.unwrap_or_default());
    }
    Ok(found.into_iter().map(|(_, key)| key).collect())
}

/// The query that lists the rows of a foreign key without a parent.
fn query(connection: &Connection, violation: &Violation, names: &Renames) -> Option<String> {
    let (child, parent) = (&violation.child, &violation.parent);
    let key = keys(connection, child, parent).ok()?.into_iter().find(|key| key.child == violation.columns)?;
    // The parent is gone, and the reference does not say which of its columns it meant.
    if key.parent.iter().any(String::is_empty) {
        return None;
    }
    let column = |table: &str, column: &str| quote_identifier(names.old_column(table, column));
    let from: Vec<String> = key.child.iter().map(|name| format!("c.{}", column(child, name))).collect();
    let to: Vec<String> = key.parent.iter().map(|name| format!("p.{}", column(parent, name))).collect();
    // The parent's affinity and collation compare, whatever the child's are: the plus takes those away.
    let equal: Vec<String> = to.iter().zip(&from).map(|(to, from)| format!("{to} = +{from}")).collect();
    let filled: Vec<String> = from.iter().map(|from| format!("{from} IS NOT NULL")).collect();
    Some(format!(
        "SELECT c.* FROM {} AS c LEFT JOIN {} AS p ON {} WHERE {} IS NULL AND {}",
        quote_identifier(names.old_table(child)),
        quote_identifier(names.old_table(parent)),
        equal.join(" AND "),
        to.first()?,
        filled.join(" AND ")
    ))
}
