//! What the attributes say is built and compared with the live table. Where they do not say it, the
//! table's own words are written: the models are equal to the database by construction.

use std::borrow::Cow;

use schema_core::model::{SchemaDef, TableDef};

use super::model::{IndexForm, Model};
use super::said::said;
use crate::Result;
use crate::diff::{Change, table_changes};
use crate::inspect::materialise;

/// Tables that are built together.
const TOGETHER: usize = 100;

/// Rounds in which something may fall back: an index first, then the table.
const ROUNDS: usize = 3;

/// Lets whatever the attributes do not say fall back to SQL.
pub(super) fn settle(models: &mut [Model<'_>], live: &SchemaDef) -> Result<()> {
    for chunk in models.chunks_mut(TOGETHER) {
        let mut open: Vec<usize> = (0..chunk.len()).collect();
        for _ in 0..ROUNDS {
            let built = build(chunk, &open);
            let mut again = Vec::new();
            for (position, built) in open.iter().zip(built) {
                let model = &mut chunk[*position];
                let moved = match built {
                    Ok(built) => {
                        let changes = table_changes(model.live, &built, live, live, true)?;
                        changes
                            .into_iter()
                            .map(|change| fall_back(model, &change))
                            .filter(|moved| *moved)
                            .count()
                            > 0
                    }
                    Err(why) if !model.is_definition() => {
                        model.unsaid.push(why);
                        true
                    }
                    // The models are compared as a whole afterwards, and say so.
                    Err(_) => false,
                };
                if moved {
                    again.push(*position);
                }
            }
            open = again;
            if open.is_empty() {
                break;
            }
        }
    }
    Ok(())
}

/// The tables as SQLite understands them, or what it has against one.
fn build(models: &[Model<'_>], open: &[usize]) -> Vec<Result<TableDef, String>> {
    let tables: Vec<TableDef> = open.iter().map(|position| said(&models[*position])).collect();
    let together = |tables: &[TableDef]| {
        materialise(&SchemaDef {
            tables: tables.iter().cloned().map(Cow::Owned).collect(),
            ..SchemaDef::EMPTY
        })
    };
    let find = |schema: &SchemaDef, name: &str| {
        schema.table(name).cloned().ok_or_else(|| format!("SQLite builds no table {name}"))
    };
    if let Ok(built) = together(&tables) {
        return tables.iter().map(|table| find(&built, &table.name)).collect();
    }
    tables
        .iter()
        .map(|table| match together(std::slice::from_ref(table)) {
            Ok(built) => find(&built, &table.name),
            Err(error) => {
                Err(error.reason().unwrap_or(error.what()).lines().next().unwrap_or_default().to_owned())
            }
        })
        .collect()
}

/// Writes what differs as SQL; whether that changes anything.
fn fall_back(model: &mut Model<'_>, change: &Change) -> bool {
    let index = match change {
        Change::AddIndex { index, .. } | Change::DropIndex { index, .. } => Some(index),
        Change::ChangeIndex { to, .. } => Some(to),
        _ => None,
    };
    if let Some(index) = index {
        let live = model.live.indexes.iter().position(|other| other.name.eq_ignore_ascii_case(&index.name));
        let Some(form) = live.and_then(|position| model.indexes.get_mut(position)) else { return false };
        let moved = *form != IndexForm::Sql;
        *form = IndexForm::Sql;
        return moved;
    }
    if model.is_definition() {
        return false;
    }
    model.unsaid.push(format!("{} ({})", change.subject(), change.action()));
    true
}
