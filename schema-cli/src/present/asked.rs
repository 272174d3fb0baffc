use schema_migrate::{plan::Level, run::Asked};
use serde_json::{Value, json};

use crate::output::{Screen, count, plural};

/// What the configured database answers to a plan's expectations: those that would stop the
/// migration there are warnings, with their first rows.
pub(crate) fn warnings(asked: &[Asked]) -> Vec<String> {
    let stopping = asked.iter().filter(|asked| asked.refuses());
    let stopping =
        stopping.map(|asked| format!("rows of the database would stop this migration: {}", asked.text()));
    let told = asked.iter().filter(|asked| asked.rows > 0 && !asked.refuses()).map(Asked::text);
    let unasked = asked.iter().filter(|asked| asked.unasked.is_some()).filter_map(Asked::warning);
    stopping.chain(told).chain(unasked).collect()
}

/// How many questions the database was asked, in one line.
pub(crate) fn show(screen: &Screen, asked: &[Asked]) {
    if asked.is_empty() {
        return;
    }
    let stopping = asked.iter().filter(|asked| asked.refuses()).count();
    let result = match stopping {
        0 => "no row stands in the way".to_owned(),
        several => format!("rows stand in the way of {several}"),
    };
    screen.line(format!("Asked     {} of the database: {result}", plural(asked.len(), "question")));
    for asked in asked {
        screen.detail(format!("          {}", line(asked)));
    }
}

/// One question and its answer in one line.
pub(crate) fn line(asked: &Asked) -> String {
    let what = &asked.expectation.what;
    match (&asked.unasked, asked.rows) {
        (Some(why), _) => format!("{what}: not asked, {why}"),
        (None, 0) if asked.expectation.level == Level::Required => format!("{what}: ok"),
        (None, rows) => format!("{what}: {} {}", count(rows), if rows == 1 { "row" } else { "rows" }),
    }
}

pub(crate) fn as_json(asked: &[Asked]) -> Value {
    asked
        .iter()
        .map(|asked| {
            json!({
                "what": asked.expectation.what,
                "query": asked.expectation.query,
                "required": asked.expectation.level == Level::Required,
                "rows": asked.rows,
                "first": asked.first,
                "unasked": asked.unasked,
            })
        })
        .collect()
}
