use schema_core::model::{Deferrable, ForeignKeyAction, ForeignKeyDef, SchemaDef, TableDef};

use super::change::Change;

/// The foreign keys that differ; their names do not count, since no error shows them.
pub(super) fn changes(
    from: &TableDef,
    to: &TableDef,
    from_schema: &SchemaDef,
    to_schema: &SchemaDef,
) -> Vec<Change> {
    let table = to.name.to_string();
    // `REFERENCES p` means the primary key that p has from now on, whatever it meant before.
    let meant =
        |key: &ForeignKeyDef| if to_schema.table(&key.table).is_some() { to_schema } else { from_schema };
    let old: Vec<Form> = from.foreign_keys.iter().map(|key| form(key, meant(key))).collect();
    let new: Vec<Form> = to.foreign_keys.iter().map(|key| form(key, to_schema)).collect();
    // A key that is said twice means what it means once.
    let gone = from.foreign_keys.iter().zip(&old).filter(|(_, form)| !new.contains(form));
    let mut found: Vec<Change> =
        gone.map(|(key, _)| Change::DropForeignKey { table: table.clone(), key: key.clone() }).collect();
    let added = to.foreign_keys.iter().zip(&new).filter(|(_, form)| !old.contains(form));
    found.extend(added.map(|(key, _)| Change::AddForeignKey { table: table.clone(), key: key.clone() }));
    found
}

#[derive(PartialEq)]
struct Form {
    columns: Vec<String>,
    table: String,
    references: Vec<String>,
    on_delete: ForeignKeyAction,
    on_update: ForeignKeyAction,
    deferred: bool,
}

fn form(key: &ForeignKeyDef, schema: &SchemaDef) -> Form {
    let lower =
        |names: &[schema_core::model::Text]| names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let references: Vec<String> =
        if key.references.is_empty() { primary_key(&key.table, schema) } else { lower(&key.references) };
    Form {
        columns: lower(&key.columns),
        table: key.table.to_ascii_lowercase(),
        references,
        on_delete: key.on_delete,
        on_update: key.on_update,
        // DEFERRABLE INITIALLY IMMEDIATE is never deferred: SQLite has no SET CONSTRAINTS.
        deferred: key.deferrable == Deferrable::InitiallyDeferred,
    }
}

fn primary_key(table: &str, schema: &SchemaDef) -> Vec<String> {
    let key = schema.table(table).and_then(|parent| parent.primary_key.as_ref());
    key.map(|key| key.columns.iter().map(|column| column.name.to_ascii_lowercase()).collect())
        .unwrap_or_default()
}
