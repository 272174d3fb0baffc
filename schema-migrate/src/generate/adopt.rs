//! Live against what the files record, where the database is right: a migration of what was changed by
//! hand, recorded there without being run.

use std::collections::BTreeSet;

use schema_core::model::SchemaOwner;
use schema_core::rusqlite::Connection;

use super::request::{GenerateRequest, Generated};
use super::work::{parents, proposed};
use crate::check::{Drift, drift};
use crate::diff::Change;
use crate::files::{Draft, Folder};
use crate::inspect::{materialise, sqlite};
use crate::lint::Allowance;
use crate::recorded::recorded;
use crate::run::{Target, open_read_only};
use crate::stamp::{changed, differs, record, without_bookkeeping};
use crate::{Error, Result, history};

/// Writes a migration of what the database has and the files do not, and records it in the database as
/// applied; nothing of it is run there. Other databases, and new ones, get it by their next `db-migrate`.
///
/// `request.live` and `request.folder` are those of the target. [`Generated::Nothing`] where the database
/// is what the files build.
///
/// # Errors
/// Files are pending, or edited or gone; or the models declare what was changed by hand in another way.
pub fn adopt(target: &Target, request: &GenerateRequest<'_>) -> Result<Generated> {
    if request.declared.owner != SchemaOwner::Application {
        return Err(Error::usage(format!("`{}` belongs to somebody else", request.declared.name))
            .why("an external schema is never migrated")
            .state("nothing was changed"));
    }
    let allowance = Allowance::new(request.allow, request.declared)?;
    let folder = Folder::read(&target.files)?;
    let parents = parents(&folder)?;
    let from = recorded(folder.migrations())?;
    let models = materialise(request.declared)?;
    let live = {
        let connection = open_read_only(&target.database, target.wait)?;
        refuse_behind(&connection, &folder)?;
        without_bookkeeping(sqlite::schema(&connection)?, &from)
    };
    let strict = request.answers.strict_unique;
    let by_hand = drift(&live, &from, &from, ("the database", "the migrations"), &models, strict)?;
    let from_models =
        drift(&live, &models, request.declared, ("the database", "the models"), &models, strict)?;
    let contradicted = contradicted(&by_hand, from_models);
    if !contradicted.is_empty() {
        return Err(differs(&contradicted, "the database has what the models declare otherwise")
            .next("db-check --adopt=models shows what the models have to say")
            .next("or correct the database, and run the command again"));
    }
    let write = |draft: &Draft| {
        record(target, draft, &|connection| {
            refuse_behind(connection, &folder)?;
            if without_bookkeeping(sqlite::schema(connection)?, &from) == live {
                return Ok(());
            }
            Err(changed())
        })
    };
    proposed(request, &folder, &parents, (&from, &live), allowance, &write)
}

/// Only where every file is applied is a difference something that was done by hand.
fn refuse_behind(connection: &Connection, folder: &Folder) -> Result<()> {
    let history = history::read_beside(connection, folder)?;
    if let Some(gone) = history.iter().find(|row| folder.get(&row.revision).is_none()) {
        return Err(Error::failed(format!("the file of {} is gone", gone.revision))
            .why("what the files build cannot be known without it")
            .state("nothing was changed")
            .next("restore the file"));
    }
    let is_applied = |revision: &str| history.iter().any(|row| row.revision == revision);
    let pending: Vec<&str> = folder
        .migrations()
        .iter()
        .map(|file| file.revision.as_str())
        .filter(|file| !is_applied(file))
        .collect();
    match (pending.as_slice(), history.is_empty()) {
        ([], false) => Ok(()),
        (_, true) => Err(Error::usage("the database has no history yet")
            .why("what was changed by hand is what no applied migration records")
            .state("nothing was changed")
            .next("db-stamp --baseline adopts a database that no migration has built")
            .next("db-stamp REVISION records what somebody has run by hand")),
        ([first, ..], false) => Err(Error::usage(count(pending.len()))
            .why(format!("{first} is not applied, so that nobody can tell what was changed by hand"))
            .state("nothing was changed")
            .next("db-migrate applies what is pending")
            .next("or db-stamp REVISION, where somebody has run it by hand")),
    }
}

fn count(pending: usize) -> String {
    if pending == 1 { "1 revision is pending".to_owned() } else { format!("{pending} revisions are pending") }
}

/// The places in which the models have what was changed by hand, and define it otherwise.
fn contradicted(by_hand: &[Drift], from_models: Vec<Drift>) -> Vec<Drift> {
    let changed: BTreeSet<Object> = by_hand.iter().map(|drift| object(&drift.change)).collect();
    let sides = |sign: char| -> BTreeSet<Object> {
        let drifts = from_models.iter().filter(|drift| drift.change.sign() == sign);
        drifts.map(|drift| object(&drift.change)).collect()
    };
    let replaced: BTreeSet<Object> = sides('-').intersection(&sides('+')).cloned().collect();
    let table = |object: &Object| Object { name: String::new(), ..object.clone() };
    let is_contradicted = |drift: &Drift| {
        let object = object(&drift.change);
        let is_by_hand = changed.contains(&object) || changed.contains(&table(&object));
        is_by_hand && (drift.change.sign() == '~' || replaced.contains(&object))
    };
    from_models.into_iter().filter(is_contradicted).collect()
}

/// What a change is about, whatever its definition.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Object {
    table: String,
    /// Of the column, index or trigger; empty for a whole table or view.
    name: String,
}

fn object(change: &Change) -> Object {
    let name = match change {
        Change::AddColumn { column, .. } | Change::DropColumn { column, .. } => column.name.to_string(),
        Change::AlterColumn { to, .. } => to.name.to_string(),
        Change::RenameColumn { from, .. } | Change::RenameVariant { column: from, .. } => from.clone(),
        Change::AddIndex { index, .. } | Change::DropIndex { index, .. } => index.name.to_string(),
        Change::ChangeIndex { to, .. } => to.name.to_string(),
        Change::AddTrigger { trigger, .. } | Change::DropTrigger { trigger, .. } => trigger.name.to_string(),
        Change::ChangeTrigger { to, .. } => to.name.to_string(),
        Change::TableOption { .. }
        | Change::ChangePrimaryKey { .. }
        | Change::AddUnique { .. }
        | Change::DropUnique { .. }
        | Change::AddCheck { .. }
        | Change::DropCheck { .. }
        | Change::AddForeignKey { .. }
        | Change::DropForeignKey { .. } => change.subject(),
        _ => String::new(),
    };
    Object { table: change.table().to_ascii_lowercase(), name: name.to_ascii_lowercase() }
}
