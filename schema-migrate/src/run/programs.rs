//! Views and triggers, before anything is changed.

use std::collections::HashSet;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use super::carry::Carried;
use super::observer::Silent;
use super::preflight::Placed;
use super::probe;
use super::trace::{Effect, effect};
use crate::files::{FileStatement, Script};
use crate::inspect::{Neighbourhood, broken, execute, is_foreign, replay, replay_whole, sqlite, uncompiled};
use crate::plan::sqlite::refused_beside_broken;
use crate::sql::{Token, tokens};
use crate::{Error, ErrorKind, Result};

/// Whether a view or trigger of the database is broken and keeps these scripts from running. False
/// where no statement of them minds.
pub(super) fn before(connection: &Connection, scripts: &[&Script]) -> Result<bool> {
    let alters = |script: &&Script| script.statements.iter().any(|statement| first_word(statement, "ALTER"));
    if !scripts.iter().any(alters) {
        return Ok(false);
    }
    // A dry run only reads: it tries a copy of the schema.
    let only_reads = connection.is_readonly("main").unwrap_or(false);
    let found = match only_reads {
        true => broken(&replay_whole(&sqlite::schema(connection)?)?)?,
        false => probe::broken(connection),
    };
    let Some(found) = found else { return Ok(true) };
    let first = scripts.first().map_or(&[][..], |script| &script.statements);
    if drops_what_is_broken(connection, first)? {
        return Ok(true);
    }
    let error = Error::new(ErrorKind::Preflight, "a view or trigger of the database is broken")
        .state("nothing was changed");
    if !is_foreign(&found) {
        // A new column does not mind.
        if !scripts.iter().any(|script| script.statements.iter().any(renames_or_drops)) {
            return Ok(false);
        }
        return Err(error
            .why(format!("{found}\nwhile there is one, SQLite renames no table and drops no column"))
            .next("correct or drop it, then run the command again"));
    }
    let refused = |script: &&Script| {
        refused_beside_broken(script.statements.iter().map(|statement| statement.sql.as_str()))
            .map(str::to_owned)
    };
    let Some(statement) = scripts.iter().find_map(refused) else { return Ok(true) };
    // What names such a table is right for the program that brings its module.
    Err(error
        .why(format!("{found}\nwhile this program lacks it, SQLite refuses: {statement}"))
        .next("run the migration with a program that registers it, or drop the view or trigger and create it again afterwards"))
}

/// Whether a statement renames anything or drops a column.
fn renames_or_drops(statement: &FileStatement) -> bool {
    let words = statement.words();
    let has = |word: &str| words.iter().any(|known| known == word);
    first_word(statement, "ALTER") && (has("RENAME") || (has("DROP") && !has("CONSTRAINT") && !has("NULL")))
}

fn first_word(statement: &FileStatement, word: &str) -> bool {
    statement.words().first().is_some_and(|first| first == word)
}

/// Whether the statements that come first take away everything that is broken.
fn drops_what_is_broken(connection: &Connection, statements: &[FileStatement]) -> Result<bool> {
    let leading: Vec<&FileStatement> =
        statements.iter().take_while(|statement| dropped_program(&statement.sql)).collect();
    if leading.is_empty() {
        return Ok(false);
    }
    let scratch = replay_whole(&sqlite::schema(connection)?)?;
    for statement in leading {
        if execute(&scratch, &statement.sql).is_err() {
            return Ok(false);
        }
    }
    Ok(broken(&scratch)?.is_none())
}

fn dropped_program(sql: &str) -> bool {
    let all = tokens(sql).unwrap_or_default();
    let is = |at: usize, word: &str| all.get(at).is_some_and(|token: &Token<'_>| token.is(word));
    is(0, "DROP") && (is(1, "VIEW") || is(1, "TRIGGER"))
}

/// Whether what no migration records would still work after these scripts, tried on a copy of the
/// schema. What they record was tried before.
pub(super) fn after(connection: &Connection, recorded: &SchemaDef, scripts: &[Placed<'_>]) -> Result<()> {
    let live = sqlite::schema(connection)?;
    let unrecorded = unrecorded(&live, recorded);
    if unrecorded.is_empty() {
        return Ok(());
    }
    let near = Neighbourhood::of(&live, unrecorded.iter().map(|(_, on)| on.as_str())).schema;
    let scratch = replay(&near)?;
    let was_uncompiled = uncompiled(&scratch, &near);
    let named = |message: &str| {
        unrecorded.iter().find(|(name, _)| {
            ["view", "trigger"].iter().any(|kind| {
                let rest = message.split_once(&format!("error in {kind} {name}")).map(|(_, rest)| rest);
                rest.is_some_and(|rest| rest.starts_with([':', ' ']))
            })
        })
    };
    for (script, migration) in scripts {
        let place = |line: usize| match migration {
            Some(migration) => format!("{}:{line}", migration.path.display()),
            None => format!("line {line}"),
        };
        let first = script.statements.first().map_or(1, |statement| statement.line);
        let mut carried = Carried::default();
        for statement in &script.statements {
            if let Effect::Drop(table) = effect(&statement.sql) {
                carried.note(&scratch, &table, Some(recorded))?;
            }
            // What fails for another reason, as where rows are missing here, is told when it runs.
            let why = execute(&scratch, &statement.sql).err();
            let why = why.as_ref().and_then(Error::reason).unwrap_or_default();
            if let Some((name, _)) = named(why) {
                return Err(no_longer_works(name, why).place(place(statement.line)));
            }
        }
        execute(&scratch, "PRAGMA legacy_alter_table=OFF")?;
        carried.restore(&scratch, Some(recorded), &mut Silent).map_err(|error| {
            error.with_kind(ErrorKind::Preflight).state("nothing was changed").place(place(first))
        })?;
        let message = broken(&scratch)?.unwrap_or_default();
        if let Some((name, _)) = named(&message) {
            return Err(no_longer_works(name, &message).place(place(first)));
        }
        for now in uncompiled(&scratch, &sqlite::schema(&scratch)?) {
            let is_new = !was_uncompiled.iter().any(|was| was.on == now.on || was.message == now.message);
            let unrecorded = unrecorded.iter().find(|(name, _)| now.trigger.as_ref() == Some(name));
            if let Some((name, _)) = unrecorded.filter(|_| is_new) {
                return Err(no_longer_works(name, &now.message).place(place(first)));
            }
        }
    }
    Ok(())
}

fn no_longer_works(name: &str, why: &str) -> Error {
    Error::new(
        ErrorKind::Preflight,
        format!("`{name}`, which no migration records, no longer works after this migration"),
    )
    .why(why)
    .state("nothing was changed")
    .next("drop it by hand, or declare it in the models as it has to be then")
}

/// Name of each view and trigger that no migration records, and what it stands on or is.
fn unrecorded(live: &SchemaDef, recorded: &SchemaDef) -> Vec<(String, String)> {
    let known: HashSet<String> = names(recorded).map(|(name, _)| name.to_ascii_lowercase()).collect();
    let is_new = |name: &str| !known.contains(&name.to_ascii_lowercase());
    let found = names(live).filter(|(name, _)| is_new(name));
    found.map(|(name, on)| (name.to_owned(), on.to_owned())).collect()
}

/// Every view and trigger, and what it stands on or is.
fn names(schema: &SchemaDef) -> impl Iterator<Item = (&str, &str)> {
    let views = schema.views.iter().map(|view| (view.name.as_ref(), view.name.as_ref()));
    let on_views = schema
        .views
        .iter()
        .flat_map(|view| view.triggers.iter().map(|trigger| (trigger.name.as_ref(), view.name.as_ref())));
    let on_tables = schema
        .tables
        .iter()
        .flat_map(|table| table.triggers.iter().map(|trigger| (trigger.name.as_ref(), table.name.as_ref())));
    views.chain(on_views).chain(on_tables)
}
