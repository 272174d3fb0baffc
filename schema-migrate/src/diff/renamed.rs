use std::borrow::Cow;
use std::collections::HashSet;

use schema_core::dialect::quote_identifier;
use schema_core::model::{SchemaDef, TableDef, TriggerDef, ViewDef};
use schema_core::rusqlite::Connection;

use super::rename::Rename;
use super::view;
use crate::inspect::{Neighbourhood, execute, replay, sqlite};
use crate::{Error, Result};

/// How an error begins where SQLite cannot follow a rename through every text. Besides what is broken
/// that is a fault of its own: where a table WITHOUT ROWID has a column in its primary key and in a
/// UNIQUE constraint, it overlooks the second.
pub(crate) const RENAME_REFUSED: &str = "SQLite cannot make a rename";

/// The schema after its renames, and the views that cannot follow them. SQLite itself does the
/// renames on a scratch database: it knows which words in which texts are the name.
///
/// A view that cannot follow, such as one that reads a renamed column through another view, keeps
/// its text: it has to be dropped first, and so has one that stands in the way.
pub(super) fn schema(
    from: &SchemaDef,
    to: &SchemaDef,
    renames: &[Rename],
) -> Result<(SchemaDef, Vec<String>)> {
    if renames.is_empty() {
        return Ok((from.clone(), Vec::new()));
    }
    let names = renames.iter().flat_map(|rename| match rename {
        Rename::Table { from, to } => vec![from.as_str(), to.as_str()],
        Rename::Column { table, .. } => vec![table.as_str()],
        Rename::MakeRoom { index, .. } => vec![index.as_str()],
    });
    let near = Neighbourhood::of(from, names);
    let connection = replay(&near.schema)?;
    let mut stuck = first_to_go(&connection, &near.schema, to, renames)?;
    for rename in renames {
        while let Err(error) = execute(&connection, &rename.sql()) {
            let in_the_way = blamed(error.reason().unwrap_or_default(), from)
                .filter(|view| !stuck.iter().any(|known| *known == view.name));
            let Some(view) = in_the_way else { return Err(explain(rename, &error)) };
            drop_view(&connection, view)?;
            stuck.push(view.name.to_string());
        }
    }
    let found = near.replaced(from, sqlite::schema(&connection)?);
    let now = view::by_name(&found);
    let views = from.views.iter().map(|old| match now.get(&old.name.to_ascii_lowercase()) {
        Some(new) => Cow::Owned((*new).clone()),
        None => old.clone(),
    });
    let views: Vec<Cow<'static, ViewDef>> = views.collect();
    let mut tables = found.tables.into_owned();
    add_broken_triggers(&mut tables, from, renames);
    let virtual_tables = from.virtual_tables.clone();
    Ok((SchemaDef { tables: tables.into(), views: views.into(), virtual_tables, ..found }, stuck))
}

/// The views that go before anything is renamed, whatever the renames say: one whose name a table takes,
/// and one that was broken before and does not stay as it was.
fn first_to_go(
    connection: &Connection,
    near: &SchemaDef,
    to: &SchemaDef,
    renames: &[Rename],
) -> Result<Vec<String>> {
    let wanted = view::by_name(to);
    let built = sqlite::schema(connection)?;
    let built = view::by_name(&built);
    let mut found = Vec::new();
    for old in near.views.iter() {
        let name = old.name.to_ascii_lowercase();
        let stays = wanted.get(&name).is_some_and(|new| new.sql == old.sql);
        let makes_room = renames
            .iter()
            .any(|rename| matches!(rename, Rename::Table { to, .. } if to.eq_ignore_ascii_case(&name)));
        if makes_room || (!built.contains_key(&name) && !stays) {
            drop_view(connection, old)?;
            found.push(old.name.to_string());
        }
    }
    Ok(found)
}

fn drop_view(connection: &Connection, view: &ViewDef) -> Result<()> {
    execute(connection, &format!("DROP VIEW IF EXISTS {}", quote_identifier(&view.name)))
}

/// The view that SQLite's refusal is about, itself or one of its triggers.
fn blamed<'a>(message: &str, schema: &'a SchemaDef) -> Option<&'a ViewDef> {
    let named = |kind: &str, name: &str| {
        let rest = message.split_once(&format!("error in {kind} {name}")).map(|(_, rest)| rest);
        rest.is_some_and(|rest| rest.starts_with([':', ' ']))
    };
    let views = schema.views.iter().map(AsRef::as_ref).filter(|view| {
        named("view", &view.name) || view.triggers.iter().any(|trigger| named("trigger", &trigger.name))
    });
    views.max_by_key(|view| view.name.len())
}

fn explain(rename: &Rename, error: &Error) -> Error {
    Error::failed(format!("{RENAME_REFUSED}: {}", rename.sql()))
        .why(error.reason().unwrap_or_default())
        .state("nothing was changed")
        .next("correct or drop what the message names, in a migration before this one")
}

/// Gives the tables back the triggers that were broken before: the scratch database lacks them.
fn add_broken_triggers(tables: &mut [Cow<'static, TableDef>], from: &SchemaDef, renames: &[Rename]) {
    let present: HashSet<String> = tables
        .iter()
        .flat_map(|table| table.triggers.iter())
        .map(|trigger| trigger.name.to_ascii_lowercase())
        .collect();
    for old in from.tables.iter() {
        let missing: Vec<TriggerDef> = old
            .triggers
            .iter()
            .filter(|trigger| !present.contains(&trigger.name.to_ascii_lowercase()))
            .cloned()
            .collect();
        if missing.is_empty() {
            continue;
        }
        let mut name = old.name.to_string();
        for rename in renames {
            if let Rename::Table { from, to } = rename
                && from.eq_ignore_ascii_case(&name)
            {
                name.clone_from(to);
            }
        }
        if let Some(table) = tables.iter_mut().find(|table| table.name.eq_ignore_ascii_case(&name)) {
            table.to_mut().triggers.to_mut().extend(missing);
        }
    }
}
