use std::collections::HashMap;

use schema_core::model::{Engine, SchemaDef, ViewDef};

use super::change::Change;
use super::{program, trigger};

/// The views that are new, gone or another, and the triggers that differ on those that stay. A view
/// that is new or gone takes its triggers with it.
pub(super) fn changes(from: &SchemaDef, to: &SchemaDef) -> Vec<Change> {
    let (old_views, new_views) = (by_name(from), by_name(to));
    let mut found = Vec::new();
    for old in views(from).filter(|old| !new_views.contains_key(&old.name.to_ascii_lowercase())) {
        found.push(Change::DropView { view: Box::new(old.clone()) });
    }
    for new in views(to) {
        let Some(old) = old_views.get(&new.name.to_ascii_lowercase()) else {
            found.push(Change::CreateView { view: Box::new(new.clone()) });
            continue;
        };
        if !program::same(&old.sql, &new.sql, from, to) {
            let from = Box::new((*old).clone());
            found.push(Change::ChangeView { from, to: Box::new(new.clone()) });
        }
        found.extend(trigger::changes(&new.name, &old.triggers, &new.triggers, from, to));
    }
    found
}

/// The view of this name, compared as SQL does.
pub(super) fn find<'a>(schema: &'a SchemaDef, name: &str) -> Option<&'a ViewDef> {
    views(schema).find(|view| view.name.eq_ignore_ascii_case(name))
}

fn views(schema: &SchemaDef) -> impl Iterator<Item = &ViewDef> {
    schema.views.iter().map(AsRef::as_ref).filter(|view| view.sql.on(Engine::Sqlite).is_some())
}

/// The views by their names in lower case.
pub(super) fn by_name(schema: &SchemaDef) -> HashMap<String, &ViewDef> {
    views(schema).map(|view| (view.name.to_ascii_lowercase(), view)).collect()
}
