use crate::dialect::quote_identifier;
use crate::model::{Engine, ViewDef};

/// `CREATE VIEW`, then its INSTEAD OF triggers; nothing where the view does not exist on SQLite.
/// A declaration that is a whole statement is taken as it is.
pub fn create_view(view: &ViewDef) -> Vec<String> {
    let Some(sql) = view.sql.on(Engine::Sqlite) else { return Vec::new() };
    let sql = super::statement(sql);
    let is_statement = first_word(sql).eq_ignore_ascii_case("CREATE");
    let create = match is_statement {
        true => sql.to_owned(),
        false => format!("CREATE VIEW {} AS\n{sql}", quote_identifier(&view.name)),
    };
    let triggers = view.triggers.iter().filter_map(|trigger| trigger.sql.on(Engine::Sqlite));
    [create].into_iter().chain(triggers.map(|sql| super::statement(sql).to_owned())).collect()
}

/// The first word of a text behind its comments.
fn first_word(sql: &str) -> &str {
    let mut rest = sql.trim_start();
    loop {
        let end = if rest.starts_with("--") {
            rest.find('\n')
        } else if rest.starts_with("/*") {
            rest.find("*/").map(|end| end + 2)
        } else {
            break;
        };
        rest = end.and_then(|end| rest.get(end..)).unwrap_or_default().trim_start();
    }
    let end = rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}
