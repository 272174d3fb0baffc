use schema_core::model::{ForeignKeyDef, SchemaDef, TableDef};

use crate::Result;
use crate::diff::Rename;
use crate::inspect::sqlite::definition::{Clause, TableText};
use crate::inspect::{execute, scratch, sqlite};
use crate::plan::sqlite::cut;

/// The dropped tables as they are kept: under their new names, without indexes and triggers, and without
/// the foreign keys to tables that stay, under whatever name, which would go on deleting or defending rows.
pub(super) fn kept(
    from: &SchemaDef,
    wanted: &SchemaDef,
    dropped: &[(&str, String)],
) -> Result<Vec<TableDef>> {
    // SQLite itself renames them: it knows which words are the name.
    let connection = scratch()?;
    for table in dropped.iter().filter_map(|(name, _)| from.table(name)) {
        let is_dropped = |parent: &str| dropped.iter().any(|(name, _)| name.eq_ignore_ascii_case(parent));
        let stays = |key: &ForeignKeyDef| {
            let is_renamed = from.table(&key.table).is_some() && !is_dropped(&key.table);
            (wanted.table(&key.table).is_some() || is_renamed) && !key.table.eq_ignore_ascii_case(&table.name)
        };
        execute(&connection, &without_keys(table, stays)?)?;
    }
    for (name, kept) in dropped {
        let rename = Rename::Table { from: (*name).to_owned(), to: kept.clone() };
        execute(&connection, &rename.sql())?;
    }
    let schema = sqlite::schema(&connection)?;
    Ok(schema.tables.iter().map(|table| table.as_ref().clone()).collect())
}

/// The definition of a table without some of its foreign keys.
fn without_keys(table: &TableDef, goes: impl Fn(&ForeignKeyDef) -> bool) -> Result<String> {
    let sql = table.sql.as_deref().unwrap_or_default();
    let parents: Vec<&str> =
        table.foreign_keys.iter().filter(|key| goes(key)).map(|key| key.table.as_ref()).collect();
    let text = TableText::read(sql)?;
    let constraints = text.columns.iter().flat_map(|column| &column.constraints).chain(&text.constraints);
    let cuts = constraints.filter(|constraint| {
        matches!(&constraint.clause, Clause::ForeignKey(key)
            if parents.iter().any(|parent| parent.eq_ignore_ascii_case(&key.table)))
    });
    cut(sql, cuts.map(|constraint| (constraint.span.clone(), String::new())).collect())
}
