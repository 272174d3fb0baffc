//! Declared, recorded and live schema against each other.

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use crate::Result;
use crate::diff::{Answers, Change, compare};
use crate::files::Folder;
use crate::inspect::{materialise, sqlite};
use crate::keep::with_kept;
use crate::recorded::recorded;
use crate::stamp::without_bookkeeping;

/// A place in which two schemas differ.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    /// What would turn the left side into the right one. `-` is only on the left, `+` only on the
    /// right.
    pub change: Change,
    /// What differs, in words: "only in the database".
    pub text: String,
    /// The model and where it stands, `` `User` (src/models.rs:14) ``, where there is one.
    pub model: Option<String>,
}

/// The three comparisons. All are empty on a healthy database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Check {
    /// Live against declared.
    pub live_declared: Vec<Drift>,
    /// Recorded against declared: what the next migration would change.
    pub recorded_declared: Vec<Drift>,
    /// Live against recorded: what was changed by hand, or is pending.
    pub live_recorded: Vec<Drift>,
}

impl Check {
    /// Whether all three are the same.
    pub fn is_clean(&self) -> bool {
        self.live_declared.is_empty() && self.recorded_declared.is_empty() && self.live_recorded.is_empty()
    }
}

/// Compares the models, the files of the folder and a database with each other. Changes nothing.
pub fn check(declared: &SchemaDef, folder: &Folder, live: &Connection) -> Result<Check> {
    check_with(declared, folder, live, false)
}

/// The same; with `strict_unique` a UNIQUE constraint and a unique index are two different things.
pub fn check_with(
    declared: &SchemaDef,
    folder: &Folder,
    live: &Connection,
    strict_unique: bool,
) -> Result<Check> {
    let recorded = recorded(folder.clone().ordered()?.migrations())?;
    let models = materialise(declared)?;
    // What another tool keeps beside is no drift.
    let live = without_bookkeeping(sqlite::schema(live)?, &models);
    Ok(Check {
        live_declared: drift(
            &live,
            &with_kept(&live, &models),
            declared,
            ("the database", "the models"),
            &models,
            strict_unique,
        )?,
        recorded_declared: drift(
            &recorded,
            &with_kept(&recorded, &models),
            declared,
            ("the migrations", "the models"),
            &models,
            strict_unique,
        )?,
        live_recorded: drift(
            &live,
            &recorded,
            &recorded,
            ("the database", "the migrations"),
            &models,
            strict_unique,
        )?,
    })
}

/// The differences of two schemas, as places in which the left one is not the right one. `hints` say
/// what was renamed.
pub fn drift(
    left: &SchemaDef,
    right: &SchemaDef,
    hints: &SchemaDef,
    names: (&str, &str),
    models: &SchemaDef,
    strict_unique: bool,
) -> Result<Vec<Drift>> {
    let answers = Answers::unasked(strict_unique);
    let comparison = compare(left, right, hints, &answers)?;
    let drifts = comparison.changes.into_iter().map(|change| Drift {
        text: match change.sign() {
            '-' => format!("only in {}", names.0),
            '+' => format!("missing in {}", names.0),
            _ if matches!(change, Change::RenameTable { .. } | Change::RenameColumn { .. }) => {
                format!("renamed in {}", names.1)
            }
            _ => format!("differs between {} and {}", names.0, names.1),
        },
        model: declaration(models, &change),
        change,
    });
    Ok(drifts.collect())
}

/// The model of what differs, and where it stands.
fn declaration(models: &SchemaDef, change: &Change) -> Option<String> {
    let name = change.table();
    let table = models.table(name).map(|table| (&table.model, &table.source));
    let view = || models.views.iter().find(|view| view.name.eq_ignore_ascii_case(name));
    let (model, source) = table.or_else(|| view().map(|view| (&view.model, &view.source)))?;
    match (model.is_empty(), source.is_empty()) {
        (true, _) => None,
        (false, true) => Some(format!("`{model}`")),
        (false, false) => Some(format!("`{model}` ({source})")),
    }
}
