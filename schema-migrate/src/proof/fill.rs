use schema_core::dialect::quote_identifier;
use schema_core::model::{Engine, ForeignKeyDef, SchemaDef, TableDef};
use schema_core::rusqlite::types::Value;
use schema_core::rusqlite::{Connection, params_from_iter};

use super::values::{Numbers, candidates, columns_in};
use crate::inspect::execute;

/// Rows a table.
const ROWS: usize = 7;
/// How many combinations of values are tried for a row.
const TRIES: usize = 400;

/// Fills every table with invented rows, parents first. Gives the tables that stay empty because
/// nothing that was tried passes their constraints and triggers.
pub(crate) fn fill(connection: &Connection, schema: &SchemaDef) -> Vec<String> {
    let mut numbers = Numbers::new();
    let mut empty = Vec::new();
    for table in parents_first(schema) {
        // Makes stand-ins for functions that only the application has; nothing is inserted yet.
        let _ = execute(
            connection,
            &format!("EXPLAIN INSERT INTO {} DEFAULT VALUES", quote_identifier(&table.name)),
        );
        let inserted = (0..ROWS).filter(|row| insert(connection, schema, table, *row, &mut numbers)).count();
        if inserted == 0 {
            empty.push(table.name.to_string());
        } else if inserted > 2 {
            // A gap in the rowids; a trigger may refuse it.
            let name = quote_identifier(&table.name);
            let _ = connection.execute_batch(&format!(
                "DELETE FROM {name} WHERE _rowid_ = (SELECT min(_rowid_) + 1 FROM {name})"
            ));
        }
    }
    empty
}

/// Tables in an order in which a parent comes before its children; a cycle is cut anywhere.
fn parents_first(schema: &SchemaDef) -> Vec<&TableDef> {
    let mut waiting: Vec<&TableDef> = schema.tables.iter().map(AsRef::as_ref).collect();
    let mut ordered = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let is_ready = |table: &&TableDef| {
            table.foreign_keys.iter().all(|key| {
                key.table.eq_ignore_ascii_case(&table.name)
                    || !waiting.iter().any(|other| other.name.eq_ignore_ascii_case(&key.table))
            })
        };
        let next = waiting.iter().position(is_ready).unwrap_or(0);
        ordered.push(waiting.remove(next));
    }
    ordered
}

/// A value for each column; `None` leaves the column to its default.
type Row = Vec<Option<Value>>;

fn insert(
    connection: &Connection,
    schema: &SchemaDef,
    table: &TableDef,
    row: usize,
    numbers: &mut Numbers,
) -> bool {
    let mut values: Row = vec![None; table.columns.len()];
    for (position, value) in values.iter_mut().enumerate() {
        *value = first(table, position, row);
    }
    point_at_parents(connection, schema, table, row, &mut values);
    for _ in 0..TRIES {
        let Err(error) = store(connection, table, &values) else { return true };
        let blamed = blamed(table, &error.to_string());
        for position in blamed {
            values[position] = other(table, position, row, numbers);
        }
        if numbers.below(3) > 0 {
            point_at_parents(connection, schema, table, row + numbers.below(ROWS), &mut values);
        }
    }
    false
}

/// The value that is tried first: another one in every row, NULL in some.
fn first(table: &TableDef, position: usize, row: usize) -> Option<Value> {
    let column = &table.columns[position];
    if is_rowid(table, position) {
        return Some(Value::Integer(i64::try_from(row * 3 + 1).unwrap_or(1)));
    }
    if column.nullable && (row + position) % 3 == 2 {
        return Some(Value::Null);
    }
    let all = candidates(table, column, row);
    let count = all.len();
    all.into_iter().nth((row + position) % count.max(1))
}

fn other(table: &TableDef, position: usize, row: usize, numbers: &mut Numbers) -> Option<Value> {
    let column = &table.columns[position];
    if is_rowid(table, position) {
        return Some(Value::Integer(i64::try_from(row * 3 + 1 + numbers.below(1000)).unwrap_or(1)));
    }
    let all = candidates(table, column, row + ROWS * numbers.below(50));
    let choice = numbers.below(all.len() + 2);
    match choice.checked_sub(all.len()) {
        None => all.into_iter().nth(choice),
        Some(0) if column.nullable => Some(Value::Null),
        // Left to its default.
        Some(_) => None,
    }
}

/// The rowid takes no boundary: AUTOINCREMENT could give no id after it.
fn is_rowid(table: &TableDef, position: usize) -> bool {
    table.primary_key.as_ref().is_some_and(|key| {
        key.rowid_alias
            && key
                .columns
                .iter()
                .any(|column| column.name.eq_ignore_ascii_case(&table.columns[position].name))
    })
}

/// Gives the columns of foreign keys the values of a parent row, where there is one.
fn point_at_parents(
    connection: &Connection,
    schema: &SchemaDef,
    table: &TableDef,
    row: usize,
    values: &mut Row,
) {
    for key in table.foreign_keys.iter() {
        let Some(parent) = parent_row(connection, schema, key, row) else { continue };
        for (column, value) in key.columns.iter().zip(parent) {
            if let Some(position) = table.position(column)
                && !(is_rowid(table, position)
                    && key.columns.len() == 1
                    && key.table.eq_ignore_ascii_case(&table.name))
                && values[position] != Some(Value::Null)
            {
                values[position] = Some(value);
            }
        }
    }
}

fn parent_row(
    connection: &Connection,
    schema: &SchemaDef,
    key: &ForeignKeyDef,
    row: usize,
) -> Option<Vec<Value>> {
    let parent = schema.table(&key.table)?;
    let columns: Vec<&str> = if key.references.is_empty() {
        parent.primary_key.as_ref()?.columns.iter().map(|column| column.name.as_ref()).collect()
    } else {
        key.references.iter().map(AsRef::as_ref).collect()
    };
    let quoted: Vec<String> = columns.iter().map(|column| quote_identifier(column)).collect();
    let table = quote_identifier(&parent.name);
    let sql = format!(
        "SELECT {} FROM {table} LIMIT 1 OFFSET (?1 % max(1, (SELECT count(*) FROM {table})))",
        quoted.join(", ")
    );
    connection
        .query_row(&sql, [i64::try_from(row).unwrap_or(0)], |found| {
            (0..columns.len()).map(|position| found.get::<_, Value>(position)).collect()
        })
        .ok()
}

fn store(connection: &Connection, table: &TableDef, values: &Row) -> schema_core::rusqlite::Result<()> {
    let given: Vec<(String, &Value)> = table
        .columns
        .iter()
        .zip(values)
        .filter(|(column, _)| column.generated.is_none())
        .filter_map(|(column, value)| Some((quote_identifier(&column.name), value.as_ref()?)))
        .collect();
    let name = quote_identifier(&table.name);
    if given.is_empty() {
        return connection.execute(&format!("INSERT INTO {name} DEFAULT VALUES"), []).map(drop);
    }
    let names: Vec<&str> = given.iter().map(|(name, _)| name.as_str()).collect();
    let marks = vec!["?"; given.len()].join(", ");
    let sql = format!("INSERT OR ABORT INTO {name} ({}) VALUES ({marks})", names.join(", "));
    connection.prepare(&sql)?.execute(params_from_iter(given.iter().map(|(_, value)| *value))).map(drop)
}

/// The columns that SQLite's refusal is about; all of them where it does not say.
fn blamed(table: &TableDef, message: &str) -> Vec<usize> {
    let mut found = Vec::new();
    if let Some(name) = after(message, "CHECK constraint failed: ") {
        let is_it = |text: Option<&str>| text.is_some_and(|text| text == name);
        for check in table.checks.iter() {
            if is_it(check.name.as_deref()) || is_it(check.expression.on(Engine::Sqlite)) {
                found.extend(columns_in(table, check));
            }
        }
    } else {
        let named = |position: &usize| {
            message.split([' ', ',']).any(|word| {
                word.strip_prefix(table.name.as_ref())
                    .and_then(|rest| rest.strip_prefix('.'))
                    .is_some_and(|column| column == table.columns[*position].name)
            })
        };
        found.extend((0..table.columns.len()).filter(named));
    }
    if found.is_empty() { (0..table.columns.len()).collect() } else { found }
}

fn after<'a>(message: &'a str, marker: &str) -> Option<&'a str> {
    Some(message[message.find(marker)? + marker.len()..].trim())
}
