use std::collections::BTreeMap;

use schema_core::dialect::quote_identifier;
use schema_core::model::{ColumnDef, SchemaDef, TableDef};

use crate::Result;
use crate::diff::{Change, ColumnAspect, Comparison};
use crate::inspect::{execute, scratch, sqlite};
use crate::plan::sqlite::affinity_name;

/// A column whose values are kept in a table of their own, by the key of their row.
#[derive(Clone, Debug)]
pub(crate) struct KeptColumn {
    /// The table in the old schema.
    pub(crate) old_table: String,
    /// The column in the old schema.
    pub(crate) old_column: String,
    /// The table once the renames are done.
    pub(crate) table: String,
    /// The column once the renames are done.
    pub(crate) column: String,
    /// Whether the column stays and is computed from now on.
    pub(crate) is_computed: bool,
    /// The table that keeps the values.
    pub(crate) name: String,
    /// The key of a row.
    pub(crate) keys: Vec<Key>,
}

/// A part of the key by which a value is found again.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// Its column in the table that keeps the values, with type and collation.
    definition: String,
    /// That column's name.
    name: String,
    /// What it is called in the old schema: a column, or the rowid.
    old: String,
    /// What it is called once the renames are done.
    renamed: String,
}

/// The columns that go and can be kept. A column whose row cannot be found again, since its key changes
/// too, is not among them.
pub(super) fn kept(
    from: &SchemaDef,
    wanted: &SchemaDef,
    comparison: &Comparison,
    mut fresh: impl FnMut(&[&str]) -> String,
) -> Vec<KeptColumn> {
    let mut found = Vec::new();
    for change in &comparison.changes {
        let (table, column, is_computed) = match change {
            Change::DropColumn { table, column } => (table, column, false),
            Change::AlterColumn { table, from, to, .. } if to.generated.is_some() => (table, from, true),
            _ => continue,
        };
        let Some(renamed) = comparison.renamed.table(table).filter(|_| column.generated.is_none()) else {
            continue;
        };
        let old_table = old_table(comparison, table);
        let (Some(old), Some(new)) = (from.table(old_table), wanted.table(table)) else { continue };
        let old_column = old_column(comparison, table, &column.name);
        let Some(keys) = keys(comparison, old, renamed, new, old_column) else { continue };
        found.push(KeptColumn {
            old_table: old_table.to_owned(),
            old_column: old_column.to_owned(),
            table: table.clone(),
            column: column.name.to_string(),
            is_computed,
            name: fresh(&[old_table, old_column]),
            keys,
        });
    }
    found
}

/// The tables that keep the values, as SQLite writes them.
pub(super) fn tables(columns: &[KeptColumn]) -> Result<Vec<TableDef>> {
    let connection = scratch()?;
    for column in columns {
        execute(&connection, &column.definition())?;
    }
    let schema = sqlite::schema(&connection)?;
    Ok(schema.tables.iter().map(|table| table.as_ref().clone()).collect())
}

impl KeptColumn {
    /// The column of the values has no type, so that each stays what it is.
    fn definition(&self) -> String {
        let keys: Vec<&str> = self.keys.iter().map(|key| key.definition.as_str()).collect();
        let names: Vec<String> = self.keys.iter().map(|key| quote_identifier(&key.name)).collect();
        let (table, value) = (quote_identifier(&self.name), quote_identifier(&self.old_column));
        format!(
            "CREATE TABLE {table} (\n  {},\n  {value},\n  PRIMARY KEY ({})\n)",
            keys.join(",\n  "),
            names.join(", ")
        )
    }

    /// The statement that keeps the values.
    pub(crate) fn fill(&self) -> String {
        let names: Vec<String> = self.keys.iter().map(|key| quote_identifier(&key.name)).collect();
        let sources: Vec<String> = self.keys.iter().map(|key| quote_identifier(&key.renamed)).collect();
        format!(
            "INSERT INTO {} ({}, {})\nSELECT {}, {}\nFROM {}",
            quote_identifier(&self.name),
            names.join(", "),
            quote_identifier(&self.old_column),
            sources.join(", "),
            quote_identifier(&self.column),
            quote_identifier(&self.table)
        )
    }

    /// The value that a row of the old schema had, for the way down; `otherwise` is what a row gets that
    /// was stored since.
    pub(crate) fn value(&self, otherwise: Option<&str>) -> String {
        let (kept, table) = (quote_identifier(&self.name), quote_identifier(&self.old_table));
        let same: Vec<String> = self
            .keys
            .iter()
            .map(|key| {
                format!("{kept}.{} = {table}.{}", quote_identifier(&key.name), quote_identifier(&key.old))
            })
            .collect();
        let same = same.join(" AND ");
        let value = format!("(SELECT {} FROM {kept} WHERE {same})", quote_identifier(&self.old_column));
        match otherwise {
            None => value,
            Some(otherwise) => format!(
                "CASE WHEN EXISTS (SELECT 1 FROM {kept} WHERE {same}) THEN {value} ELSE {otherwise} END"
            ),
        }
    }
}

/// The key of a row that is the same before and after: the primary key, or the rowid.
fn keys(
    comparison: &Comparison,
    old: &TableDef,
    renamed: &TableDef,
    new: &TableDef,
    value: &str,
) -> Option<Vec<Key>> {
    // A rename leaves every column in its place.
    let pairs = renamed.columns.iter().zip(old.columns.iter());
    let columns: BTreeMap<&str, &ColumnDef> =
        pairs.map(|(renamed, old)| (renamed.name.as_ref(), old)).collect();
    primary_key(comparison, renamed, new, &columns).or_else(|| rowid(old, renamed, new, value))
}

fn primary_key(
    comparison: &Comparison,
    renamed: &TableDef,
    new: &TableDef,
    columns: &BTreeMap<&str, &ColumnDef>,
) -> Option<Vec<Key>> {
    let changes = || comparison.changes.iter().filter(|change| change.table() == new.name);
    let key = renamed.primary_key.as_ref()?;
    // AUTOINCREMENT alone changes no key.
    let same_key = new.primary_key.as_ref().is_some_and(|other| {
        other.rowid_alias == key.rowid_alias
            && other.columns.len() == key.columns.len()
            && other
                .columns
                .iter()
                .zip(key.columns.iter())
                .all(|(left, right)| left.name == right.name && left.collation == right.collation)
    });
    if !same_key {
        return None;
    }
    let is_changed = |name: &str| {
        changes().any(|change| {
            matches!(change, Change::AlterColumn { to, aspects, .. } if to.name == name
            && aspects.iter().any(|aspect| {
                matches!(aspect, ColumnAspect::Type | ColumnAspect::Collation | ColumnAspect::Generated)
            }))
        })
    };
    let parts = key.columns.iter().map(|part| {
        let column = renamed.column(&part.name)?;
        let admits_null = column.nullable && !key.rowid_alias && !renamed.strict && !renamed.without_rowid;
        let is_variant = comparison
            .variants
            .iter()
            .any(|variant| variant.table == new.name && variant.column == column.name);
        if admits_null || is_variant || is_changed(&column.name) || column.generated.is_some() {
            return None;
        }
        let name = columns.get(column.name.as_ref())?.name.to_string();
        // INTEGER alone would be the rowid, which takes nothing but integers.
        let sql_type = match affinity_name(renamed, column) {
            "INTEGER" if !key.rowid_alias => "INT",
            other => other,
        };
        let mut definition = format!("{} {sql_type}", quote_identifier(&name));
        if let Some(collation) = part.collation.as_deref().or(column.collation.as_deref()) {
            definition.push_str(" COLLATE ");
            definition.push_str(&quote_identifier(collation));
        }
        definition.push_str(" NOT NULL");
        Some(Key { definition, old: name.clone(), renamed: column.name.to_string(), name })
    });
    parts.collect()
}

fn rowid(old: &TableDef, renamed: &TableDef, new: &TableDef, value: &str) -> Option<Vec<Key>> {
    let is_alias = |table: &TableDef| table.primary_key.as_ref().is_some_and(|key| key.rowid_alias);
    let named = |table: &TableDef| {
        let free = ["rowid", "_rowid_", "oid"].into_iter().find(|name| table.column(name).is_none());
        free.filter(|_| !table.without_rowid).map(str::to_owned)
    };
    // A key that becomes the rowid, or no longer is it, numbers the rows anew.
    if is_alias(renamed) != is_alias(new) || is_alias(new) {
        return None;
    }
    named(new)?;
    let name = if value.eq_ignore_ascii_case("key") { "row" } else { "key" };
    Some(vec![Key {
        definition: format!("{} INTEGER NOT NULL", quote_identifier(name)),
        name: name.to_owned(),
        old: named(old)?,
        renamed: named(renamed)?,
    }])
}

fn old_table<'a>(comparison: &'a Comparison, table: &'a str) -> &'a str {
    let renamed = comparison.changes.iter().find_map(|change| match change {
        Change::RenameTable { from, to } if to == table => Some(from.as_str()),
        _ => None,
    });
    renamed.unwrap_or(table)
}

fn old_column<'a>(comparison: &'a Comparison, table: &'a str, column: &'a str) -> &'a str {
    let renamed = comparison.changes.iter().find_map(|change| match change {
        Change::RenameColumn { table: of, from, to } if of == table && to == column => Some(from.as_str()),
        _ => None,
    });
    renamed.unwrap_or_else(|| comparison.original(&[table, column]))
}
