use std::collections::BTreeMap;

use schema_core::{
    dialect::quote_identifier,
    rusqlite::{Connection, types::Value},
};

/// Every cell of every ordinary table, by table.
pub(crate) type Rows = BTreeMap<String, Table>;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// What the tables hold.
pub(crate) fn rows(connection: &Connection) -> Rows {
    let names = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')
                 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_schema_migrations'";
    let mut statement = connection.prepare(names).unwrap();
    let names: Vec<String> = statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    names
        .into_iter()
        .map(|name| {
            let columns = columns(connection, &name);
            let cells = cells(connection, &name, &columns);
            (name, Table { columns, rows: cells })
        })
        .collect()
}

/// What the same columns of the same tables hold now.
pub(crate) fn again(connection: &Connection, before: &Rows) -> Rows {
    before
        .iter()
        .map(|(name, table)| {
            let columns = table.columns.clone();
            let rows = cells(connection, name, &columns);
            (name.clone(), Table { columns, rows })
        })
        .collect()
}

/// How many rows there are in all.
pub(crate) fn count(rows: &Rows) -> usize {
    rows.values().map(|table| table.rows.len()).sum()
}

fn columns(connection: &Connection, table: &str) -> Vec<String> {
    let mut statement = connection.prepare("SELECT name FROM pragma_table_xinfo(?1) ORDER BY cid").unwrap();
    statement.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn cells(connection: &Connection, table: &str, columns: &[String]) -> Vec<Vec<Value>> {
    let named: Vec<String> = columns.iter().map(|column| quote_identifier(column)).collect();
    let sql = format!("SELECT {} FROM {} NOT INDEXED", named.join(", "), quote_identifier(table));
    let mut statement = connection.prepare(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let rows = statement.query_map([], |row| (0..columns.len()).map(|at| row.get(at)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}
