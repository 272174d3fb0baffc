use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use crate::diff::{Answers, Change, compare};
use crate::files::{Migration, Script};
use crate::inspect::sqlite;
use crate::run::trace::Trace;
use crate::{Error, ErrorKind, Next, Result};

/// A script and where it stands.
pub(in crate::run) type Placed<'a> = (&'a Script, Option<&'a Migration>);

/// Whether the tables that the scripts replace, drop or create are what the files say. A table that
/// is copied has to be the one that was recorded, or columns that nobody knows of would be lost.
pub(in crate::run) fn tables(
    connection: &Connection,
    recorded: &SchemaDef,
    scripts: &[Placed<'_>],
) -> Result<()> {
    let trace = Trace::of(scripts.iter().map(|(script, _)| *script));
    if trace.dropped.is_empty() && trace.claimed.is_empty() {
        return Ok(());
    }
    let live = sqlite::schema(connection)?;
    let place = |script: usize, line: usize| match scripts.get(script).and_then(|(_, migration)| *migration) {
        Some(migration) => format!("{}:{line}", migration.path.display()),
        None => format!("line {line}"),
    };
    for claim in &trace.claimed {
        let name = &claim.table;
        let is_free = live.table(name).is_none()
            && !live.views.iter().any(|view| view.name.eq_ignore_ascii_case(name))
            && !live.virtual_tables.iter().any(|table| table.name.eq_ignore_ascii_case(name));
        if is_free || is_recorded(recorded, name) {
            continue;
        }
        return Err(Error::new(
            ErrorKind::Preflight,
            format!("`{name}` is in the database already, and no migration records it"),
        )
        .why(columns_of(&live, name))
        .place(place(claim.script, claim.statement.line))
        .state("nothing was changed")
        .next("db-check shows how it differs from the model")
        .next(
            Next::new("rename the table aside, db-migrate, then copy its rows: ALTER TABLE ")
                .value(quote_identifier(name))
                .own(" RENAME TO ")
                .value(quote_identifier(&format!("{name}_before"))),
        ));
    }
    let answers = Answers::unasked(false);
    let differences = compare(recorded, &live, &live, &answers)?;
    for dropped in &trace.dropped {
        let differs: Vec<String> = differences
            .changes
            .iter()
            .filter(|change| change.table().eq_ignore_ascii_case(&dropped.table) && !is_carried(change))
            .map(|change| change.to_string().split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        if !differs.is_empty() {
            let is_view = recorded.views.iter().any(|view| view.name.eq_ignore_ascii_case(&dropped.table));
            let kind = if is_view { "view" } else { "table" };
            return Err(Error::new(
                ErrorKind::Preflight,
                format!("{kind} `{}` is not what the migrations recorded", dropped.table),
            )
            .why(format!(
                "this migration replaces it, and what only the database has would be lost:\n{}",
                differs.join("\n")
            ))
            .place(place(dropped.script, dropped.statement.line))
            .state("nothing was changed")
            .next("db-check shows every difference")
            .next("declare in the model what is there, or take it away by hand"));
        }
    }
    Ok(())
}

fn is_recorded(recorded: &SchemaDef, name: &str) -> bool {
    recorded.table(name).is_some()
        || recorded.views.iter().any(|view| view.name.eq_ignore_ascii_case(name))
        || recorded.virtual_tables.iter().any(|table| table.name.eq_ignore_ascii_case(name))
}

/// Indexes and triggers go through a rebuild whoever made them.
fn is_carried(change: &Change) -> bool {
    matches!(
        change,
        Change::AddIndex { .. }
            | Change::DropIndex { .. }
            | Change::ChangeIndex { .. }
            | Change::AddTrigger { .. }
            | Change::DropTrigger { .. }
            | Change::ChangeTrigger { .. }
    )
}

fn columns_of(live: &SchemaDef, name: &str) -> String {
    match live.table(name) {
        Some(table) => {
            let columns: Vec<String> = table
                .columns
                .iter()
                .map(|column| format!("{} {}", column.name, column.sql_type).trim_end().to_owned())
                .collect();
            format!("it has the columns {}", columns.join(", "))
        }
        None => "a view or virtual table has the name".to_owned(),
    }
}
