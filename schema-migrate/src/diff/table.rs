use schema_core::model::{Engine, SqlText, TableDef};

use super::change::Change;
use super::{check, column, foreign_key, index, primary_key, trigger, unique};
use crate::Result;
use crate::sql::{Fold, fold};
use schema_core::model::SchemaDef;

/// What the words in a table's expressions can mean.
#[derive(Debug)]
pub(super) struct Context<'a> {
    table: &'a str,
    columns: Vec<&'a str>,
}

impl<'a> Context<'a> {
    pub(super) fn of(table: &'a TableDef) -> Self {
        Self {
            table: &table.name,
            columns: table.columns.iter().map(|column| column.name.as_ref()).collect(),
        }
    }

    /// The form in which an expression of this table is compared.
    pub(super) fn fold(&self, sql: &SqlText) -> Result<String> {
        let text = sql.on(Engine::Sqlite).unwrap_or_default();
        fold(text, Fold { table: Some(self.table), columns: Some(&self.columns) })
    }
}

/// Whether two expressions say the same.
pub(super) fn same_sql(
    left: &SqlText,
    right: &SqlText,
    from_table: &Context<'_>,
    to_table: &Context<'_>,
) -> Result<bool> {
    Ok(from_table.fold(left)? == to_table.fold(right)?)
}

/// What differs between two tables of one name, other than names.
pub(crate) fn changes(
    from: &TableDef,
    to: &TableDef,
    from_schema: &SchemaDef,
    to_schema: &SchemaDef,
    strict_unique: bool,
) -> Result<Vec<Change>> {
    if from.sql.is_some() && from.sql == to.sql && from.indexes == to.indexes && from.triggers == to.triggers
    {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (option, before, after) in
        [("STRICT", from.strict, to.strict), ("WITHOUT ROWID", from.without_rowid, to.without_rowid)]
    {
        if before != after {
            found.push(Change::TableOption { table: to.name.to_string(), option, on: after });
        }
    }
    found.extend(column::changes(from, to)?);
    found.extend(primary_key::change(from, to));
    let uniques = unique::changes(from, to, strict_unique)?;
    found.extend(uniques.changes);
    found.extend(check::changes(from, to)?);
    found.extend(foreign_key::changes(from, to, from_schema, to_schema));
    found.extend(index::changes(from, to, &uniques.settled_from, &uniques.settled_to)?);
    found.extend(trigger::changes(&to.name, &from.triggers, &to.triggers, from_schema, to_schema));
    Ok(found)
}
