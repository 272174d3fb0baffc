use std::borrow::Cow;

use schema_core::dialect::quote_identifier;
use schema_core::model::{SchemaDef, TriggerDef};
use schema_core::rusqlite::Connection;

use super::builder::Built;
use crate::inspect::{Uncompiled, broken, execute, leave_out_broken, replay_whole, sqlite, uncompiled};
use crate::plan::Step;
use crate::sql::unquote;
use crate::{Error, Result};

/// A step that SQLite refuses.
pub(super) struct Refused {
    pub(super) table: String,
    pub(super) error: Error,
}

/// The schema that the steps lead to, as SQLite writes it. The views and triggers in `was_broken` may
/// be broken afterwards, as they were before.
pub(super) fn simulate(
    from: &SchemaDef,
    built: &Built,
    was_broken: &[String],
) -> Result<Result<SchemaDef, Refused>> {
    let connection = replay_whole(from)?;
    // What was broken before may be what these steps drop; the rest of it only stands in the way.
    let leading = built.steps.iter().take_while(|step| dropped(step).is_some()).count();
    let (first, rest) = built.steps.split_at(leading);
    if let Some(refused) = first.iter().find_map(|step| refused(&connection, step)) {
        return Ok(Err(refused));
    }
    let mut absent = leave_out_broken(&connection, from)?;
    let is_built = |name: &str| {
        let sql = "SELECT 1 FROM sqlite_schema WHERE name = ?1";
        connection.query_row(sql, [name], |_| Ok(())).is_ok()
    };
    absent.extend(
        from.virtual_tables.iter().filter(|table| !is_built(&table.name)).map(|table| table.name.to_string()),
    );
    let before = uncompiled(&connection, from);
    for step in rest {
        let known = dropped(step).and_then(|name| absent.iter().position(|known| *known == name));
        if let Some(position) = known {
            absent.remove(position);
        } else if let Some(refused) = refused(&connection, step) {
            return Ok(Err(refused));
        }
    }
    let after = sqlite::schema(&connection)?;
    let found = uncompiled(&connection, &after);
    let is_foreign = |message: &str| {
        let names = from.virtual_tables.iter().filter(|table| absent.contains(&table.name.to_string()));
        names.into_iter().any(|table| message.ends_with(&format!("no such table: main.{}", table.name)))
    };
    let was_so = |now: &Uncompiled| {
        is_foreign(&now.message)
            || before.iter().any(|was| was.on == now.on || was.message == now.message)
            || now.trigger.as_ref().is_some_and(|trigger| was_broken.contains(trigger))
    };
    if let Some(now) = found.iter().find(|now| !was_so(now)) {
        return Err(would_break(&now.to_string()));
    }
    while let Some(message) = broken(&connection)? {
        let mut excused = was_broken.to_vec();
        if is_foreign(&message) {
            excused.extend(programs(&after));
        }
        let named =
            |name: &String| ["VIEW", "TRIGGER"].into_iter().find(|kind| is_about(&message, kind, name));
        let known = excused.iter().find_map(|name| named(name).map(|kind| (kind, name)));
        let Some((kind, name)) = known else { return Err(would_break(&message)) };
        execute(&connection, &format!("DROP {kind} {}", quote_identifier(name)))?;
    }
    Ok(Ok(with_absent(after, from, &absent)))
}

/// The view or trigger that a step drops.
fn dropped(step: &Step) -> Option<String> {
    let rest = step.sql.strip_prefix("DROP VIEW ").or_else(|| step.sql.strip_prefix("DROP TRIGGER "));
    rest.map(unquote)
}

fn refused(connection: &Connection, step: &Step) -> Option<Refused> {
    let error = execute(connection, &step.sql).err()?;
    let error = Error::failed(format!("SQLite refuses a planned step: {}", step.purpose))
        .why(format!("{}\n{}", error.reason().unwrap_or_default(), step.sql))
        .state("nothing was changed");
    Some(Refused { table: step.table.clone(), error })
}

/// The views and triggers of a schema that are broken.
pub(super) fn broken_in(schema: &SchemaDef) -> Result<Vec<String>> {
    if schema.views.is_empty() && schema.tables.iter().all(|table| table.triggers.is_empty()) {
        return Ok(Vec::new());
    }
    leave_out_broken(&replay_whole(schema)?, schema)
}

/// The names of every view and trigger.
fn programs(schema: &SchemaDef) -> Vec<String> {
    let on_views = schema.views.iter().flat_map(|view| view.triggers.iter());
    let triggers = schema.tables.iter().flat_map(|table| table.triggers.iter()).chain(on_views);
    let views = schema.views.iter().map(|view| view.name.to_string());
    triggers.map(|trigger| trigger.name.to_string()).chain(views).collect()
}

/// Whether SQLite's message is about this view or trigger.
fn is_about(message: &str, kind: &str, name: &str) -> bool {
    let rest = message.strip_prefix(&format!("error in {} {name}", kind.to_ascii_lowercase()));
    rest.is_some_and(|rest| rest.starts_with([':', ' ']))
}

/// Says which view or trigger these changes would break: SQLite's message begins with its name.
fn would_break(message: &str) -> Error {
    let named = message.strip_prefix("error in ").and_then(|rest| rest.split_once(": "));
    let what = match named {
        Some((program, _)) => format!("{program} would be broken by these changes"),
        None => "a view or trigger would be broken by these changes".to_owned(),
    };
    Error::failed(what)
        .why(message)
        .state("nothing was changed")
        .next("change it so that it names what will be there, or drop it, in the same migration")
}

/// Adds what the scratch database could not hold and no step has touched.
fn with_absent(mut after: SchemaDef, from: &SchemaDef, absent: &[String]) -> SchemaDef {
    let is_absent = |name: &str| absent.iter().any(|known| known.eq_ignore_ascii_case(name));
    for view in from.views.iter().filter(|view| is_absent(&view.name)) {
        if !after.views.iter().any(|known| known.name.eq_ignore_ascii_case(&view.name)) {
            after.views.to_mut().push(view.clone());
        }
    }
    let tables = from.virtual_tables.iter().filter(|table| is_absent(&table.name)).cloned();
    after.virtual_tables.to_mut().extend(tables);
    for table in after.tables.to_mut() {
        let Some(old) = from.table(&table.name) else { continue };
        let missing: Vec<TriggerDef> = old
            .triggers
            .iter()
            .filter(|trigger| is_absent(&trigger.name))
            .filter(|trigger| !table.triggers.iter().any(|known| known.name == trigger.name))
            .cloned()
            .collect();
        if !missing.is_empty() {
            Cow::to_mut(table).triggers.to_mut().extend(missing);
        }
    }
    after
}
