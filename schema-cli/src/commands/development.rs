//! What the commands for development share.

use schema_migrate::{Error, ErrorKind, development::ClearedTable};
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

/// Asks before rows are lost.
pub(super) fn settle(
    context: &Context<'_>,
    loss: LossArguments,
    what: &str,
    tables: &[ClearedTable],
) -> Result<(), Error> {
    let rows: u64 = tables.iter().map(|table| table.rows).sum();
    if rows == 0 || loss.allow_data_loss {
        return Ok(());
    }
    let filled = tables.iter().filter(|table| table.rows > 0).count();
    let lost = format!("{} of {} are lost", rows_text(rows), plural(filled, "table"));
    let error = |what: String| Error::new(ErrorKind::Answer, what).state("nothing was changed");
    match context.prompter().confirm(&format!("{what}: {lost}"), "lose them")? {
        Some(true) => Ok(()),
        Some(false) => Err(error(format!("stopped: {lost}"))),
        None => Err(error("1 question needs an answer and there is no terminal".to_owned())
            .why(format!("{what}: {lost}\nanswer with   --allow-data-loss"))
            .next("--allow-data-loss")),
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
