use std::collections::HashMap;

use schema_core::rusqlite::{Connection, Result};

/// What `table_xinfo` says about a column.
#[derive(Debug)]
pub(super) struct ColumnInfo {
    pub(super) name: String,
    pub(super) sql_type: String,
    pub(super) not_null: bool,
    pub(super) default: Option<String>,
    /// Position in the primary key, counted from 1; 0 outside of it.
    pub(super) key_position: u32,
}

/// The columns of every table, by the table's name.
pub(super) fn read(connection: &Connection) -> Result<HashMap<String, Vec<ColumnInfo>>> {
    let mut statement = connection.prepare(
        "SELECT m.name, x.name, x.type, x.\"notnull\", x.dflt_value, x.pk \
         FROM main.sqlite_schema AS m, pragma_table_xinfo(m.name, 'main') AS x \
         WHERE m.type = 'table' AND m.rootpage > 0 ORDER BY m.name, x.cid",
    )?;
    let mut rows = statement.query([])?;
    let mut found: HashMap<String, Vec<ColumnInfo>> = HashMap::new();
    while let Some(row) = rows.next()? {
        found.entry(row.get(0)?).or_default().push(ColumnInfo {
            name: row.get(1)?,
            sql_type: row.get(2)?,
            not_null: row.get(3)?,
            default: row.get(4)?,
            key_position: row.get(5)?,
        });
    }
    Ok(found)
}
