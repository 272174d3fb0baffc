//! What stands in for columns that an older database of somebody else lacks.

use std::collections::HashSet;

use crate::{
    dialect::quote_identifier,
    error::Result,
    model::{SchemaDef, TableDef},
};

/// Temporary views that have the missing columns as NULL. A connection that has one reads it wherever a
/// statement names the table; the database itself is not touched.
#[derive(Clone, Debug, Default)]
pub(super) struct StandIns(Vec<String>);

impl StandIns {
    /// Finds out which `optional` columns a database lacks.
    pub(super) fn find(connection: &rusqlite::Connection, schema: &SchemaDef) -> Result<Self> {
        let mut views = Vec::new();
        for table in schema.tables.iter().filter(|table| table.columns.iter().any(|column| column.optional)) {
            views.extend(Self::of_table(connection, table)?);
        }
        Ok(Self(views))
    }

    fn of_table(connection: &rusqlite::Connection, table: &TableDef) -> Result<Option<String>> {
        let mut statement = connection.prepare("SELECT lower(name) FROM pragma_table_xinfo(?, 'main')")?;
        let there: HashSet<String> =
            statement.query_map([&*table.name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        // A table that is not there at all is missed by the first statement that reads it.
        if there.is_empty() {
            return Ok(None);
        }
        let missing = table
            .columns
            .iter()
            .filter(|column| column.optional && !there.contains(&column.name.to_ascii_lowercase()));
        let missing: Vec<String> =
            missing.map(|column| format!(", NULL AS {}", quote_identifier(&column.name))).collect();
        if missing.is_empty() {
            return Ok(None);
        }
        let name = quote_identifier(&table.name);
        // The columns that are there come first: should the other program add one that was missing, its own
        // is found.
        Ok(Some(format!("CREATE TEMP VIEW {name} AS SELECT *{} FROM main.{name}", missing.concat())))
    }

    /// Puts them on a connection.
    pub(super) fn put(&self, connection: &rusqlite::Connection) -> Result<()> {
        for view in &self.0 {
            connection.execute_batch(view)?;
        }
        Ok(())
    }
}
