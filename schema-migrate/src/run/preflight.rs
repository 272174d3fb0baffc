use std::path::Path;

use schema_core::dialect::quote_identifier;
use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_ops::integrity;

use super::foreign_keys::Violations;
use super::foretell::refuse_unknown;
use super::programs;
use super::trace::Trace;
use crate::diff::{Answers, Change, compare};
use crate::files::{Folder, Migration, Script};
use crate::history::unfinished;
use crate::history::{Applied, Standing, standing};
use crate::inspect::sqlite;
use crate::plan::EngineVersion;
use crate::{Error, ErrorKind, Result};

/// What the checks found: what passed, and what a person should know.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    pub(crate) checks: Vec<String>,
    pub(crate) warnings: Vec<String>,
}

/// Whether the database is sound enough to be changed.
pub(crate) fn database(connection: &Connection, path: &Path, scripts: &[&Script]) -> Result<Findings> {
    let mut found = Findings::default();
    let integrity = integrity(connection).map_err(|error| error.state("nothing was changed"))?;
    if let Some(faults) = integrity.faults {
        return Err(Error::new(
            ErrorKind::Verification,
            format!("the database {} is damaged", path.display()),
        )
        .why(faults)
        .state("nothing was changed")
        .next("keep a copy of the file as it is, and restore the newest backup"));
    }
    found.checks.push(integrity.passed());
    let violations = Violations::read(connection)?;
    let mismatches = violations.mismatches().map(|(child, parent)| {
        format!(
            "a foreign key of `{child}` refers to columns of `{parent}` that are no key: with foreign keys on, \
             SQLite refuses every change of the rows"
        )
    });
    let mismatches: Vec<String> = mismatches.collect();
    match violations.count() {
        0 if mismatches.is_empty() => found.checks.push("foreign keys ok".to_owned()),
        0 => {}
        count => found.warnings.push(format!(
            "{} no parent row already; they stay as they are, and only new ones stop a migration",
            if count == 1 { "1 row has".to_owned() } else { format!("{count} rows have") }
        )),
    }
    found.warnings.extend(mismatches);
    let engine = EngineVersion::bundled();
    for script in scripts {
        if let Some(needed) = script.engine.filter(|needed| *needed > engine) {
            return Err(Error::new(ErrorKind::Preflight, format!("a migration needs SQLite {needed}"))
                .why(format!("this program has {engine}"))
                .state("nothing was changed")
                .next("run a newer program, or generate the migration with `target` in schema.toml"));
        }
    }
    refuse_unknown(connection, scripts)?;
    if programs::before(connection, scripts)? {
        found.checks.push("views and triggers ok".to_owned());
    }
    Ok(found)
}

/// Whether what was applied and what the folder holds are one history.
pub(super) fn history(folder: &Folder, history: &[Applied], accepted: &[String]) -> Result<()> {
    unfinished::refuse(history, &[])?;
    crate::history::refuse_middle(folder, history)?;
    for row in history {
        let revision = &row.revision;
        let at = |error: Error| match folder.get(revision) {
            Some(migration) => error.place(migration.path.display().to_string()),
            None => error,
        };
        let error = match standing(folder, history, row) {
            Standing::Edited if !accepted.contains(revision) => {
                Error::new(ErrorKind::Preflight, format!("{revision} was edited after it was applied"))
                    .why(format!(
                        "the file no longer says what was run on this database at {} UTC",
                        row.applied_at
                    ))
                    .next("restore the file and put the change into a new migration (db-generate --empty)")
                    .next(format!("or, if it means the same: db-migrate --accept-edited {revision}"))
            }
            Standing::Vanished => {
                Error::new(ErrorKind::Preflight, format!("{revision} was applied, and its file is gone"))
                    .why(format!("{} has no file of that revision", folder.source()))
                    .next(format!("restore {revision}.sql from version control"))
                    .next("or take it back with what the history keeps of it: db-rollback")
            }
            Standing::Unknown if !is_compatible(folder, row) => unknown(folder, row),
            _ => continue,
        };
        return Err(at(error).state("nothing was changed"));
    }
    Ok(())
}

/// Whether the programs of this folder can run on a database with this revision, which they do not know.
fn is_compatible(folder: &Folder, row: &Applied) -> bool {
    row.compatible_from.as_ref().is_some_and(|from| folder.get(from).is_some())
}

/// What a person should know of a database that is newer than the folder and says that it does not mind.
/// Fails where something is pending: what it would meet there nobody here knows.
pub(super) fn newer(folder: &Folder, history: &[Applied]) -> Result<Vec<String>> {
    let newer = history.iter().filter(|row| standing(folder, history, row) == Standing::Unknown);
    let newer: Vec<&Applied> = newer.collect();
    let is_applied =
        |migration: &Migration| history.iter().any(|row| row.revision == migration.revision.as_str());
    if let Some(row) = newer.first()
        && !folder.migrations().iter().all(is_applied)
    {
        return Err(unknown(folder, row).state("nothing was changed"));
    }
    let told = newer.iter().map(|row| {
        format!(
            "the database is newer than this program: {} says that programs from {} on can run on it",
            row.revision,
            row.compatible_from.as_deref().unwrap_or_default()
        )
    });
    Ok(told.collect())
}

/// A revision that was applied from a file which the folder never had: of a newer program where it is
/// newer than every file, otherwise of another branch.
fn unknown(folder: &Folder, row: &Applied) -> Error {
    let (revision, source) = (&row.revision, folder.source());
    let is_newer =
        folder.migrations().iter().all(|migration| migration.revision.as_str() < revision.as_str());
    if is_newer {
        return Error::new(ErrorKind::Preflight, "this database is newer than the program")
            .why(format!("{revision} was applied, and {source} ends before it"))
            .next("run the newer program, or bring the folder up to date")
            .next("or take it back with what the history keeps of it: db-rollback");
    }
    Error::new(ErrorKind::Preflight, format!("{revision} was applied from a file that is not here"))
        .why(format!("no file of {source} is that revision or follows it: it was made on another branch"))
        .next("fetch the branch that has the file, then db-merge if two heads come of it")
        .next("or take it back with what the history keeps of it: db-rollback")
}

/// A script and where it stands.
pub(super) type Placed<'a> = (&'a Script, Option<&'a Migration>);

/// Whether the tables that the scripts replace, drop or create are what the files say. A table that
/// is copied has to be the one that was recorded, or columns that nobody knows of would be lost.
pub(super) fn tables(connection: &Connection, recorded: &SchemaDef, scripts: &[Placed<'_>]) -> Result<()> {
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
        .next(format!(
            "rename the table aside, db-migrate, then copy its rows: ALTER TABLE {0} RENAME TO {1}",
            quote_identifier(name),
            quote_identifier(&format!("{name}_before"))
        )));
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
