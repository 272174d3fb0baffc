use crate::dialect::quote_identifier;
use crate::model::{Engine, ViewDef};

/// `CREATE VIEW`, then its INSTEAD OF triggers; nothing where the view does not exist on SQLite.
/// A declaration that is a whole statement is taken as it is.
pub fn create_view(view: &ViewDef) -> Vec<String> {
    let Some(sql) = view.sql.on(Engine::Sqlite) else { return Vec::new() };
    let sql = sql.trim().trim_end_matches(';').trim_end();
    let is_statement = sql.get(..6).is_some_and(|word| word.eq_ignore_ascii_case("CREATE"));
    let create = match is_statement {
        true => sql.to_owned(),
        false => format!("CREATE VIEW {} AS\n{sql}", quote_identifier(&view.name)),
    };
    let triggers = view.triggers.iter().filter_map(|trigger| trigger.sql.on(Engine::Sqlite));
    [create]
        .into_iter()
        .chain(triggers.map(|sql| sql.trim().trim_end_matches(';').trim_end().to_owned()))
        .collect()
}
