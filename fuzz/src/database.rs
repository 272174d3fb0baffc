use std::collections::BTreeMap;
use std::path::Path;

use schema_core::dialect::quote_identifier;
use schema_core::rusqlite::config::DbConfig;
use schema_core::rusqlite::types::ValueRef;
use schema_core::rusqlite::{Connection, Result};

/// A database with the settings in which texts of any origin mean what their writer meant.
pub(crate) fn open(path: Option<&Path>) -> Result<Connection> {
    let connection = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, true)?;
    connection.execute_batch("PRAGMA foreign_keys=OFF; PRAGMA synchronous=OFF")?;
    Ok(connection)
}

/// Runs each statement; the first that fails, with what SQLite says.
pub(crate) fn run(connection: &Connection, statements: &[String]) -> Result<(), String> {
    for statement in statements {
        connection.execute_batch(statement).map_err(|error| format!("{error}: {statement}"))?;
    }
    Ok(())
}

/// Whether every view and trigger can be made sense of.
pub(crate) fn is_sound(connection: &Connection) -> Result<()> {
    connection.execute_batch(
        "CREATE TABLE \"(probe)\"(x); ALTER TABLE \"(probe)\" RENAME COLUMN x TO y; DROP TABLE \"(probe)\"",
    )
}

/// A row as text, each cell with its kind, so that 1 and '1' differ.
pub(crate) type Row = Vec<String>;

/// The rows of a query in the order of their text.
pub(crate) fn rows(connection: &Connection, sql: &str) -> Result<Vec<Row>, String> {
    let read = || -> Result<Vec<Row>> {
        let mut statement = connection.prepare(sql)?;
        let width = statement.column_count();
        let mut rows = statement.query([])?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            found.push((0..width).map(|cell| row.get_ref(cell).map(show)).collect::<Result<_>>()?);
        }
        found.sort();
        Ok(found)
    };
    read().map_err(|error| format!("{error}: {sql}"))
}

fn show(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(value) => value.to_string(),
        ValueRef::Real(value) => format!("{value:?}r"),
        ValueRef::Text(text) => format!("'{}'", text.escape_ascii()),
        ValueRef::Blob(bytes) => format!("x'{}'", bytes.escape_ascii()),
    }
}

/// One text, number or NULL of a query, as text.
pub(crate) fn texts(connection: &Connection, sql: &str) -> Result<Vec<String>, String> {
    Ok(rows(connection, sql)?.into_iter().map(|row| row.join("|")).collect())
}

/// The columns of a table in their order, computed ones included.
pub(crate) fn columns(connection: &Connection, table: &str) -> Result<Vec<String>, String> {
    let read = || -> Result<Vec<String>> {
        let mut statement = connection.prepare("SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid")?;
        statement.query_map([table], |row| row.get(0))?.collect()
    };
    read().map_err(|error| error.to_string())
}

/// The tables that are nobody's but the schema's.
pub(crate) fn tables(connection: &Connection) -> Result<Vec<String>, String> {
    let read = || -> Result<Vec<String>> {
        let mut statement = connection.prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        )?;
        statement.query_map([], |row| row.get(0))?.collect()
    };
    read().map_err(|error| error.to_string())
}

/// The name by which the rowid can be read, where there is one that no column hides.
pub(crate) fn rowid_name(connection: &Connection, table: &str) -> Result<Option<&'static str>, String> {
    let columns = columns(connection, table)?;
    let free = ["_rowid_", "oid", "rowid"]
        .into_iter()
        .find(|name| !columns.iter().any(|column| column.eq_ignore_ascii_case(name)));
    let Some(name) = free else { return Ok(None) };
    let sql = format!("SELECT {name} FROM {} LIMIT 0", quote_identifier(table));
    Ok(connection.prepare(&sql).is_ok().then_some(name))
}

/// Everything: the stored texts, and every row of every table.
pub(crate) fn everything(connection: &Connection) -> Result<BTreeMap<String, Vec<Row>>, String> {
    let mut found = BTreeMap::new();
    let objects = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'";
    found.insert(String::new(), rows(connection, objects)?);
    for table in tables(connection)? {
        let rowid = rowid_name(connection, &table)?.map(|name| format!("{name}, ")).unwrap_or_default();
        let sql = format!("SELECT {rowid}* FROM {}", quote_identifier(&table));
        found.insert(table, rows(connection, &sql)?);
    }
    Ok(found)
}

/// The highest id ever given, by table in lower case.
pub(crate) fn marks(connection: &Connection) -> Result<BTreeMap<String, i64>, String> {
    let read = || -> Result<BTreeMap<String, i64>> {
        let there =
            connection.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_sequence'")?.exists([])?;
        if !there {
            return Ok(BTreeMap::new());
        }
        let mut statement = connection.prepare("SELECT lower(name), seq FROM sqlite_sequence")?;
        statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    read().map_err(|error| error.to_string())
}

/// A child table, the columns of its key, the parent, and the columns that it points at, in lower case.
pub(crate) type Key = (String, Vec<String>, String, Vec<String>);

/// How many rows have no parent. A key that nothing can point at is no matter of rows: it counts as
/// none.
pub(crate) fn orphans(connection: &Connection) -> Result<BTreeMap<Key, usize>, String> {
    let mut found = BTreeMap::new();
    for table in tables(connection)? {
        let literal = schema_core::dialect::quote_text(&table);
        let read = || -> Result<Vec<(i64, String)>> {
            let sql = format!("SELECT fkid, lower(parent) FROM pragma_foreign_key_check({literal})");
            connection.prepare(&sql)?.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let ids = match read() {
            Ok(ids) => ids,
            Err(error) if error.to_string().contains("mismatch") => continue,
            Err(error) => return Err(error.to_string()),
        };
        for (id, parent) in ids {
            let named = |column: &str| {
                let sql = format!(
                    "SELECT ifnull(lower(\"{column}\"), '') FROM pragma_foreign_key_list({literal}) WHERE id = {id} ORDER BY seq"
                );
                read_texts(connection, &sql)
            };
            let (columns, mut references) = (named("from")?, named("to")?);
            if references.iter().all(String::is_empty) {
                let parent = schema_core::dialect::quote_text(&parent);
                references = read_texts(
                    connection,
                    &format!("SELECT lower(name) FROM pragma_table_xinfo({parent}) WHERE pk > 0 ORDER BY pk"),
                )?;
            }
            *found.entry((table.to_ascii_lowercase(), columns, parent, references)).or_default() += 1;
        }
    }
    Ok(found)
}

fn read_texts(connection: &Connection, sql: &str) -> Result<Vec<String>, String> {
    let read =
        || -> Result<Vec<String>> { connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect() };
    read().map_err(|error| error.to_string())
}

/// Whether a foreign key points at what is no key.
pub(crate) fn has_mismatch(connection: &Connection) -> Result<bool, String> {
    for table in tables(connection)? {
        let sql =
            format!("SELECT 1 FROM pragma_foreign_key_check({})", schema_core::dialect::quote_text(&table));
        match rows(connection, &sql) {
            Err(error) if error.contains("mismatch") => return Ok(true),
            Err(error) => return Err(error),
            Ok(_) => {}
        }
    }
    Ok(false)
}
