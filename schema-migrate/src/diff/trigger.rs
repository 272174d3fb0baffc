use schema_core::model::{Engine, TableDef, TriggerDef};

use super::change::Change;
use crate::Result;
use crate::sql::{Fold, fold};

/// The triggers that are new, gone or another.
pub(super) fn changes(from: &TableDef, to: &TableDef) -> Result<Vec<Change>> {
    let table = to.name.to_string();
    let mut found = Vec::new();
    for trigger in from.triggers.iter().filter(|trigger| named(to, trigger).is_none()) {
        found.push(Change::DropTrigger { table: table.clone(), trigger: trigger.clone() });
    }
    for trigger in to.triggers.iter() {
        match named(from, trigger) {
            Some(old) if form(old)? == form(trigger)? => {}
            Some(old) => {
                let (from, to) = (old.clone(), trigger.clone());
                found.push(Change::ChangeTrigger { table: table.clone(), from, to });
            }
            None => found.push(Change::AddTrigger { table: table.clone(), trigger: trigger.clone() }),
        }
    }
    Ok(found)
}

fn named<'a>(table: &'a TableDef, trigger: &TriggerDef) -> Option<&'a TriggerDef> {
    table.triggers.iter().find(|known| known.name.eq_ignore_ascii_case(&trigger.name))
}

fn form(trigger: &TriggerDef) -> Result<String> {
    fold(trigger.sql.on(Engine::Sqlite).unwrap_or_default(), Fold::default())
}
