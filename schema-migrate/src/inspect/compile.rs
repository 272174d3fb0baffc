use schema_core::dialect::quote_identifier;
use schema_core::model::{SchemaDef, TriggerDef};
use schema_core::rusqlite::Connection;

use super::execute;
use crate::sql::words;

/// A trigger that SQLite stores and cannot compile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uncompiled {
    /// The table or view that it stands on.
    pub(crate) on: String,
    /// The trigger, where it is known which it is.
    pub(crate) trigger: Option<String>,
    /// What SQLite says.
    pub(crate) message: String,
}

/// The triggers of a schema that cannot be compiled on this scratch database. Renames do not look at the
/// columns that a trigger writes; a statement that fires it does. Nothing is run.
pub(crate) fn uncompiled(connection: &Connection, schema: &SchemaDef) -> Vec<Uncompiled> {
    let mut found = Vec::new();
    let tables = schema.tables.iter().map(|table| {
        let columns = table.columns.iter().filter(|column| column.generated.is_none());
        let columns: Vec<String> = columns.map(|column| quote_identifier(&column.name)).collect();
        (table.name.as_ref(), table.triggers.as_ref(), columns)
    });
    let views = schema.views.iter().map(|view| (view.name.as_ref(), view.triggers.as_ref(), Vec::new()));
    for (name, triggers, columns) in tables.chain(views).filter(|(_, triggers, _)| !triggers.is_empty()) {
        let quoted = quote_identifier(name);
        let set: Vec<String> = columns.iter().map(|column| format!("{column} = {column}")).collect();
        let mut statements =
            vec![format!("INSERT INTO {quoted} DEFAULT VALUES"), format!("DELETE FROM {quoted}")];
        if !set.is_empty() {
            statements.push(format!("UPDATE {quoted} SET {}", set.join(", ")));
        }
        for statement in statements {
            let Err(error) = execute(connection, &format!("EXPLAIN {statement}")) else { continue };
            let message = error.reason().unwrap_or_default().to_owned();
            if is_about_names(&message) {
                found.push(Uncompiled { on: name.to_owned(), trigger: blamed(triggers, &message), message });
                break;
            }
        }
    }
    found
}

/// Whether the message says that a name means nothing; other refusals are no matter of the schema.
fn is_about_names(message: &str) -> bool {
    ["no such column", "no such table", "has no column named"].iter().any(|start| message.contains(start))
}

/// The trigger that names what is missing.
fn blamed(triggers: &[TriggerDef], message: &str) -> Option<String> {
    let engine = schema_core::model::Engine::Sqlite;
    let missing = words(message.rsplit([' ', '.']).next().unwrap_or_default());
    let mut naming = triggers.iter().filter(|trigger| {
        triggers.len() == 1 || trigger.sql.on(engine).is_some_and(|sql| !words(sql).is_disjoint(&missing))
    });
    naming.next().map(|trigger| trigger.name.to_string())
}

impl std::fmt::Display for Uncompiled {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.trigger {
            Some(trigger) => write!(formatter, "error in trigger {trigger}: {}", self.message),
            None => write!(formatter, "error in a trigger on {}: {}", self.on, self.message),
        }
    }
}
