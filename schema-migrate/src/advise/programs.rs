use schema_core::dialect::quote_identifier;
use schema_core::model::{SchemaDef, TriggerDef};

use super::copy::{Copy, Line};

/// The statements that fire the triggers of a table or view, whatever they write.
pub(super) fn firing(schema: &SchemaDef, on: &str) -> Vec<String> {
    let quoted = quote_identifier(on);
    let mut statements =
        vec![format!("INSERT INTO {quoted} DEFAULT VALUES"), format!("DELETE FROM {quoted}")];
    if let Some(table) = schema.table(on) {
        let columns = table.columns.iter().filter(|column| column.generated.is_none());
        let set: Vec<String> = columns
            .map(|column| quote_identifier(&column.name))
            .map(|column| format!("{column} = {column}"))
            .collect();
        if !set.is_empty() {
            statements.push(format!("UPDATE {quoted} SET {}", set.join(", ")));
        }
    }
    statements
}

/// The lines that are of this trigger where the statement fires it.
pub(super) fn lines_of(copy: &Copy, statement: &str, trigger: &TriggerDef) -> Vec<Line> {
    // A statement that means nothing here, such as an INSERT into a view without a trigger for it, fires none.
    let lines = copy.lines_with_triggers(statement).unwrap_or_default();
    let mut own = Vec::new();
    let mut is_own = false;
    for line in lines {
        match line.2.as_deref().map(|words| words.strip_prefix("-- TRIGGER ")) {
            Some(Some(name)) => is_own = name.eq_ignore_ascii_case(&trigger.name),
            None => is_own = false,
            Some(None) if is_own => own.push(line),
            Some(None) => {}
        }
    }
    own
}
