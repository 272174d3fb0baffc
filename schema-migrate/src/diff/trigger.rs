use schema_core::model::{SchemaDef, TriggerDef};

use super::change::Change;
use super::program;

/// The triggers of a table or view that are new, gone or another.
pub(super) fn changes(
    table: &str,
    from: &[TriggerDef],
    to: &[TriggerDef],
    from_schema: &SchemaDef,
    to_schema: &SchemaDef,
) -> Vec<Change> {
    let mut found = Vec::new();
    for trigger in from.iter().filter(|trigger| named(to, trigger).is_none()) {
        found.push(Change::DropTrigger { table: table.to_owned(), trigger: trigger.clone() });
    }
    for trigger in to {
        match named(from, trigger) {
            Some(old) if program::same(&old.sql, &trigger.sql, from_schema, to_schema) => {}
            Some(old) => {
                let (from, to) = (old.clone(), trigger.clone());
                found.push(Change::ChangeTrigger { table: table.to_owned(), from, to });
            }
            None => found.push(Change::AddTrigger { table: table.to_owned(), trigger: trigger.clone() }),
        }
    }
    found
}

fn named<'a>(triggers: &'a [TriggerDef], trigger: &TriggerDef) -> Option<&'a TriggerDef> {
    triggers.iter().find(|known| known.name.eq_ignore_ascii_case(&trigger.name))
}
