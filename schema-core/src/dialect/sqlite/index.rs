use super::column::collation_name;
use crate::dialect::quote_identifier;
use crate::model::{Engine, IndexDef, IndexTarget};

/// `CREATE INDEX`, or nothing where one of its expressions does not exist on SQLite; of an index that
/// has its whole text, that text.
pub fn create_index(table: &str, index: &IndexDef) -> Option<String> {
    if let Some(sql) = &index.sql {
        return Some(super::statement(sql).to_owned());
    }
    let mut parts = Vec::with_capacity(index.parts.len());
    for part in index.parts.iter() {
        let mut sql = match &part.target {
            IndexTarget::Column(name) => quote_identifier(name),
            IndexTarget::Expression(expression) => format!("({})", expression.on(Engine::Sqlite)?),
        };
        if let Some(collation) = &part.collation {
            sql.push_str(" COLLATE ");
            sql.push_str(&collation_name(collation));
        }
        if part.descending {
            sql.push_str(" DESC");
        }
        parts.push(sql);
    }
    let filter = match &index.filter {
        Some(filter) => format!(" WHERE {}", filter.on(Engine::Sqlite)?),
        None => String::new(),
    };
    Some(format!(
        "CREATE {}INDEX {} ON {} ({}){filter}",
        if index.unique { "UNIQUE " } else { "" },
        quote_identifier(&index.name),
        quote_identifier(table),
        parts.join(", "),
    ))
}
