use std::collections::HashMap;

use schema_core::model::{
    ColumnDef, GeneratedDef, GeneratedStorage, IndexDef, KeyColumn, List, SqlText, TableDef, Text,
};

use super::columns::ColumnInfo;
use super::constraints::{Constraints, constraints};
use super::default::default;
use super::definition::{Clause, ColumnText, TableText};
use super::index::{self, IndexInfo};
use super::objects::{Objects, StoredObject};
use crate::{Error, Result};

/// One table with everything that belongs to it.
pub(super) fn table(
    object: &StoredObject,
    objects: &Objects,
    columns: &HashMap<String, Vec<ColumnInfo>>,
    indexes: &HashMap<String, Vec<IndexInfo>>,
) -> Result<TableDef> {
    let infos = columns.get(&object.name).map(Vec::as_slice).unwrap_or_default();
    let text = TableText::read(&object.sql)?;
    if infos.len() != text.columns.len() {
        return Err(Error::failed(format!("the definition of table `{}` cannot be read", object.name))
            .why(format!("SQLite counts {} columns in it, we {}", infos.len(), text.columns.len()))
            .state("nothing was changed"));
    }
    let indexes = indexes.get(&object.name).map(Vec::as_slice).unwrap_or_default();
    let mut found = constraints(&text);
    let mut defs: Vec<ColumnDef> =
        infos.iter().zip(&text.columns).map(|(info, column)| column_def(info, column)).collect();
    resolve_keys(&mut found, &mut defs, infos, indexes, object.without_rowid);
    let mut own: Vec<IndexDef> = Vec::new();
    for info in indexes {
        own.extend(index::index(info, objects, &defs)?);
    }
    Ok(TableDef {
        name: object.name.clone().into(),
        columns: defs.into(),
        primary_key: found.primary_key,
        uniques: found.uniques.into(),
        foreign_keys: found.foreign_keys.into(),
        checks: found.checks.into(),
        indexes: own.into(),
        triggers: objects.triggers(&object.name).into(),
        strict: object.strict,
        without_rowid: object.without_rowid,
        sql: Some(object.sql.clone().into()),
        ..TableDef::EMPTY
    })
}

fn column_def(info: &ColumnInfo, text: &ColumnText) -> ColumnDef {
    let mut column = ColumnDef {
        name: info.name.clone().into(),
        sql_type: info.sql_type.clone().into(),
        nullable: !info.not_null,
        default: default(info.default.as_deref()),
        ..ColumnDef::EMPTY
    };
    for constraint in &text.constraints {
        match &constraint.clause {
            Clause::NotNull(conflict) => {
                column.not_null_conflict = *conflict;
                column.not_null_name = constraint.name.clone().map(Text::from);
            }
            Clause::Collate(name) if !name.eq_ignore_ascii_case("BINARY") => {
                column.collation = Some(name.to_ascii_uppercase().into());
            }
            Clause::Collate(_) => column.collation = None,
            Clause::Generated { expression, stored } => {
                column.generated = Some(GeneratedDef {
                    expression: SqlText::owned(expression.clone()),
                    storage: if *stored { GeneratedStorage::Stored } else { GeneratedStorage::Virtual },
                });
            }
            _ => {}
        }
    }
    column
}

/// Completes the keys with what SQLite made of them.
fn resolve_keys(
    found: &mut Constraints,
    columns: &mut [ColumnDef],
    infos: &[ColumnInfo],
    indexes: &[IndexInfo],
    without_rowid: bool,
) {
    if let Some(key) = &mut found.primary_key {
        // A rowid table whose key has no index of its own: the key is the rowid.
        key.rowid_alias = !without_rowid && !indexes.iter().any(|index| index.origin == "pk");
        name_as_column(&mut key.columns, columns);
        if key.rowid_alias {
            for (column, info) in columns.iter_mut().zip(infos) {
                if info.key_position > 0 {
                    // NULL in a rowid stands for a new one and is never stored.
                    column.nullable = false;
                }
            }
        }
    }
    for unique in &mut found.uniques {
        name_as_column(&mut unique.columns, columns);
    }
    for key in &mut found.foreign_keys {
        for name in key.columns.to_mut() {
            if let Some(column) = columns.iter().find(|column| column.name.eq_ignore_ascii_case(name)) {
                *name = column.name.clone();
            }
        }
    }
}

/// Writes key columns as the columns themselves are written, and drops a collating sequence that is
/// the column's anyway.
fn name_as_column(keys: &mut List<KeyColumn>, columns: &[ColumnDef]) {
    for key in keys.to_mut() {
        let Some(column) = columns.iter().find(|column| column.name.eq_ignore_ascii_case(&key.name)) else {
            continue;
        };
        key.name = column.name.clone();
        let own = column.collation.as_deref().unwrap_or("BINARY");
        if key.collation.as_deref().is_some_and(|collation| collation.eq_ignore_ascii_case(own)) {
            key.collation = None;
        }
    }
}
