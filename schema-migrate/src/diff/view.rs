use schema_core::model::{Engine, SchemaDef, ViewDef};

use super::change::Change;
use super::trigger;
use crate::Result;
use crate::sql::{Fold, fold};

/// The views that are new, gone or another, and the triggers that differ on those that stay. A view
/// that is new or gone takes its triggers with it.
pub(super) fn changes(from: &SchemaDef, to: &SchemaDef) -> Result<Vec<Change>> {
    let mut found = Vec::new();
    for old in views(from).filter(|old| find(to, &old.name).is_none()) {
        found.push(Change::DropView { view: Box::new(old.clone()) });
    }
    for new in views(to) {
        let Some(old) = find(from, &new.name) else {
            found.push(Change::CreateView { view: Box::new(new.clone()) });
            continue;
        };
        if text(old) != text(new) && form(old) != form(new) {
            found.push(Change::ChangeView { from: Box::new(old.clone()), to: Box::new(new.clone()) });
        }
        found.extend(trigger::changes(&new.name, &old.triggers, &new.triggers)?);
    }
    Ok(found)
}

/// The view of this name, compared as SQL does.
pub(super) fn find<'a>(schema: &'a SchemaDef, name: &str) -> Option<&'a ViewDef> {
    views(schema).find(|view| view.name.eq_ignore_ascii_case(name))
}

fn views(schema: &SchemaDef) -> impl Iterator<Item = &ViewDef> {
    schema.views.iter().map(AsRef::as_ref).filter(|view| view.sql.on(Engine::Sqlite).is_some())
}

fn text(view: &ViewDef) -> &str {
    view.sql.on(Engine::Sqlite).unwrap_or_default()
}

/// The text as it is compared; one that cannot be read stands for itself.
fn form(view: &ViewDef) -> String {
    fold(text(view), Fold::default()).unwrap_or_else(|_| text(view).to_owned())
}
