use crate::dialect::{quote_identifier, quote_text};
use crate::model::{Engine, TableDef};

/// Every `CREATE TRIGGER` of a table: the model's own and those that `append_only` implies.
pub fn create_triggers(table: &TableDef) -> Vec<String> {
    let mut triggers: Vec<String> = table
        .triggers
        .iter()
        .filter_map(|trigger| trigger.sql.on(Engine::Sqlite))
        .map(|sql| super::statement(sql).to_owned())
        .collect();
    if table.append_only {
        triggers.extend(append_only_triggers(&table.name));
    }
    triggers
}

/// The two triggers that keep the rows of an append-only table as they were written.
pub fn append_only_triggers(table: &str) -> [String; 2] {
    ["UPDATE", "DELETE"].map(|event| {
        format!(
            "CREATE TRIGGER {name} BEFORE {event} ON {table}\nBEGIN\n  SELECT RAISE(ABORT, {message});\nEND",
            name = quote_identifier(&format!("{table}_append_only_{}", event.to_ascii_lowercase())),
            message = quote_text(&format!("{table} is append-only")),
            table = quote_identifier(table),
        )
    })
}
