use schema_core::model::{TableDef, ViewDef};

use super::keywords::{POSTGRES, SQLITE, contains};
use super::{Finding, Lint, Severity};

pub(super) const RESERVED: Lint = Lint {
    code: "L014",
    severity: Severity::Warning,
    what: "a name is a keyword or needs quotes",
    why: "every statement that a person writes has to quote it, and one that does not fails or means something else",
    instead: "another name; `name = \"..\"` keeps the field's own",
};

/// Beginnings of names that this framework gives.
const OURS: [&str; 3] = ["_new_", "_schema_", "_kept_"];

pub(super) fn findings(table: &TableDef, found: &mut Vec<Finding>) {
    let name = table.name.as_ref();
    if let Some(why) = objection(name, true) {
        found.push(Finding::of(&RESERVED, &[name], why));
    }
    for column in table.columns.iter() {
        if let Some(why) = objection(&column.name, false) {
            found.push(Finding::of(&RESERVED, &[name, &column.name], why));
        }
    }
    let indexes = table.indexes.iter().map(|index| index.name.as_ref());
    for own in indexes.chain(table.triggers.iter().map(|trigger| trigger.name.as_ref())) {
        if let Some(why) = objection(own, false) {
            found.push(Finding::named(&RESERVED, name, own, why));
        }
    }
}

pub(super) fn of_view(view: &ViewDef, found: &mut Vec<Finding>) {
    if let Some(why) = objection(&view.name, true) {
        found.push(Finding::named(&RESERVED, &view.name, &view.name, why));
    }
}

/// What speaks against a name.
fn objection(name: &str, is_table: bool) -> Option<String> {
    let lower = name.to_ascii_lowercase();
    if let Some(ours) = OURS.iter().find(|ours| is_table && lower.starts_with(**ours)) {
        return Some(format!("names that begin with {ours} belong to the framework"));
    }
    if lower.starts_with("sqlite_") || lower.starts_with("pg_") {
        return Some("names that begin so belong to the engine".to_owned());
    }
    match (contains(SQLITE, &lower), contains(POSTGRES, &lower)) {
        (true, true) => return Some("a keyword of SQLite and of PostgreSQL".to_owned()),
        (true, false) => return Some("a keyword of SQLite".to_owned()),
        (false, true) => return Some("a keyword of PostgreSQL".to_owned()),
        (false, false) => {}
    }
    let first = name.chars().next();
    let plain = first.is_some_and(|letter| letter.is_alphabetic() || letter == '_')
        && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    (!plain).then(|| "the name has to stand in quotes".to_owned())
}
