//! What the commands for development share.

use schema_migrate::{
    Error, ErrorKind,
    development::ClearedTable,
    diff::{Answers, Path},
};
use serde_json::{Value, json};

use super::Context;
use crate::{
    arguments::LossArguments,
    output::{aligned, count, plural},
    settings::Settings,
};

/// Refuses a database of production. No flag turns that off.
pub(super) fn refuse_production(settings: &Settings, command: &str) -> Result<(), Error> {
    if !settings.file.production {
        return Ok(());
    }
    Err(Error::usage(format!("{command} is refused in production"))
        .why(format!("schema.toml says production = true under [{}]", settings.schema.name))
        .state("nothing was changed")
        .next("run it in a project whose schema.toml does not say so; no flag permits it here"))
}

/// Asks before rows are lost of tables that nobody has named.
pub(super) fn settle(
    context: &Context<'_>,
    loss: &LossArguments,
    what: &str,
    tables: &[ClearedTable],
) -> Result<(), Error> {
    let mut answers = Answers::default();
    loss.allow_data_loss.iter().try_for_each(|name| answers.allow_data_loss(name))?;
    let is_open = |table: &&ClearedTable| table.rows > 0 && !answers.permits(&[&table.name]);
    let open: Vec<&ClearedTable> = tables.iter().filter(is_open).collect();
    if open.is_empty() {
        return Ok(());
    }
    let rows = open.iter().map(|table| table.rows).sum();
    let lost = format!("{} of {} are lost", rows_text(rows), plural(open.len(), "table"));
    let error = |what: String| Error::new(ErrorKind::Answer, what).state("nothing was changed");
    match context.prompter().confirm(&format!("{what}: {lost}"), "lose them")? {
        Some(true) => Ok(()),
        Some(false) => Err(error(format!("stopped: {lost}"))),
        None => {
            let asked = plural(open.len(), "question");
            let verb = if open.len() == 1 { "needs" } else { "need" };
            let flag = |table: &ClearedTable| format!("--allow-data-loss {}", Path::new([&*table.name]));
            let why = open.iter().map(|table| {
                format!(
                    "every row of {} is lost ({})\nanswer with   {}",
                    table.name,
                    rows_text(table.rows),
                    flag(table)
                )
            });
            let why = why.collect::<Vec<_>>().join("\n");
            let error = error(format!("{asked} {verb} an answer and there is no terminal")).why(why);
            let error = open.iter().fold(error, |error, table| error.next(flag(table)));
            Err(if open.len() > 1 { error.next("--allow-data-loss all permits all of them") } else { error })
        }
    }
}

/// Every table and its rows, in the order in which they go.
pub(super) fn show(context: &Context<'_>, tables: &[ClearedTable]) {
    let rows = tables.iter().map(|table| vec![format!("  {}", table.name), rows_text(table.rows)]);
    for line in aligned(rows) {
        context.screen().line(line);
    }
}

pub(super) fn as_json(tables: &[ClearedTable]) -> Value {
    tables.iter().map(|table| json!({ "table": table.name, "rows": table.rows })).collect()
}

pub(super) fn rows_text(rows: u64) -> String {
    format!("{} {}", count(rows), if rows == 1 { "row" } else { "rows" })
}
