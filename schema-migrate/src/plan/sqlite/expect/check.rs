use schema_core::model::{CheckDef, Engine};

use super::image::{Image, is_in};
use crate::diff::{Change, listed_variants};
use crate::plan::{Expectation, Level};
use crate::sql::strip_qualifier;

/// Rows that a CHECK refuses from now on: one that is new, or whose columns hold something else.
pub(super) fn expectations(image: &Image<'_>, found: &mut Vec<Expectation>) {
    for check in image.new.checks.iter() {
        let is_new = image
            .changes
            .iter()
            .any(|change| matches!(change, Change::AddCheck { check: added, .. } if added == check));
        let Some(text) = check.expression.on(Engine::Sqlite) else { continue };
        let Ok(text) = strip_qualifier(text, &image.new.name) else { continue };
        let columns = image.mentioned(&text);
        if !is_new && !image.is_moved(&columns) {
            continue;
        }
        let query = image.query(&columns, &format!("NOT ({text})"));
        found.extend(query.map(|query| Expectation {
            what: what(image, check, &text, &columns),
            query,
            level: Level::Required,
        }));
    }
}

fn what(image: &Image<'_>, check: &CheckDef, text: &str, columns: &[&str]) -> String {
    let table = &image.new.name;
    if let Some((column, values)) = listed_variants(check).filter(|(column, _)| is_in(columns, column)) {
        let values: Vec<String> = values.iter().map(|value| format!("'{value}'")).collect();
        return format!("every value of {table}.{column} is one of {}", values.join(", "));
    }
    match check.name.as_deref() {
        Some(name) => format!("every row of {table} passes the check {name}: {text}"),
        None => format!("every row of {table} passes the check {text}"),
    }
}
