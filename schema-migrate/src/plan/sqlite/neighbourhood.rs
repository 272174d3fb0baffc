use std::borrow::Cow;

use schema_core::model::{Engine, SchemaDef, TableDef, TriggerDef, ViewDef};

use crate::diff::{Change, Comparison};

/// Up to this many tables a schema is tried out whole: SQLite's cost of one database grows with the
/// square of its tables.
const WHOLE: usize = 200;

/// The part of a schema that the changes can touch: the changed tables, what they point at, and
/// whatever names one of them.
pub(super) fn neighbourhood(schema: &SchemaDef, comparison: &Comparison) -> SchemaDef {
    if schema.tables.len() <= WHOLE {
        return schema.clone();
    }
    let mut names: Vec<String> = Vec::new();
    for change in &comparison.changes {
        names.push(change.table().to_ascii_lowercase());
        if let Change::RenameTable { from, .. } = change {
            names.push(from.to_ascii_lowercase());
        }
    }
    names.sort();
    names.dedup();
    let parents: Vec<String> = schema
        .tables
        .iter()
        .filter(|table| names.binary_search(&table.name.to_ascii_lowercase()).is_ok())
        .flat_map(|table| table.foreign_keys.iter().map(|key| key.table.to_ascii_lowercase()))
        .collect();
    let near = |table: &TableDef| {
        names.binary_search(&table.name.to_ascii_lowercase()).is_ok()
            || parents.contains(&table.name.to_ascii_lowercase())
            || table.sql.as_deref().is_some_and(|sql| names_any(sql, &names))
            || triggers_name_any(&table.triggers, &names)
    };
    let tables: Vec<Cow<'static, TableDef>> =
        schema.tables.iter().filter(|table| near(table)).cloned().collect();
    SchemaDef { tables: tables.into(), views: views(schema, &names).into(), ..schema.clone() }
}

/// The views that name one of the tables, and the views over those.
fn views(schema: &SchemaDef, names: &[String]) -> Vec<Cow<'static, ViewDef>> {
    let mut names = names.to_vec();
    let mut kept = vec![false; schema.views.len()];
    loop {
        let mut found = false;
        for (view, kept) in schema.views.iter().zip(&mut kept) {
            let text = view.sql.on(Engine::Sqlite).unwrap_or_default();
            if !*kept && (names_any(text, &names) || triggers_name_any(&view.triggers, &names)) {
                *kept = true;
                found = true;
                names.push(view.name.to_ascii_lowercase());
            }
        }
        if !found {
            break;
        }
    }
    schema.views.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(view, _)| view.clone()).collect()
}

/// Whether the text holds one of the names, as a word or inside of one: too much is near enough.
fn names_any(text: &str, names: &[String]) -> bool {
    let text = text.to_ascii_lowercase();
    names.iter().any(|name| text.contains(name.as_str()))
}

fn triggers_name_any(triggers: &[TriggerDef], names: &[String]) -> bool {
    triggers.iter().any(|trigger| trigger.sql.on(Engine::Sqlite).is_some_and(|sql| names_any(sql, names)))
}
