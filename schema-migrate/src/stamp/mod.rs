//! Adopts a database that was there before its migrations: records revisions as applied without
//! running them, after a comparison.

mod baseline;
mod foreign;
mod revisions;
mod trial;

use std::path::PathBuf;

pub use baseline::{BaselineRequest, baseline};
pub(crate) use baseline::{changed, record, texts};
pub use foreign::{Bookkeeping, TOOLS, Tool, bookkeeping, tool_named, without_bookkeeping};
pub(crate) use revisions::in_transaction;
pub use revisions::revisions;

use schema_core::model::SchemaDef;

use crate::check::Drift;
use crate::diff::Change;
use crate::{Error, ErrorKind};

/// What was recorded; in a dry run, what would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// The revisions, in the order of their rows in the history.
    pub revisions: Vec<String>,
    /// The file that was written for a baseline.
    pub file: Option<PathBuf>,
    /// What a baseline would hold or holds.
    pub text: Option<String>,
    /// The bookkeeping of another tool that the database has, which stays as it is.
    pub bookkeeping: Vec<Bookkeeping>,
    /// How much was compared.
    pub compared: Compared,
    /// What a person should know and what stopped nothing.
    pub warnings: Vec<String>,
}

/// How many objects a database has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "each counts what its name says")]
pub struct Compared {
    pub tables: usize,
    pub views: usize,
    pub indexes: usize,
    pub triggers: usize,
    pub virtual_tables: usize,
}

impl Compared {
    /// The objects of a schema.
    pub fn of(schema: &SchemaDef) -> Self {
        let on_tables: usize = schema.tables.iter().map(|table| table.triggers.len()).sum();
        let on_views: usize = schema.views.iter().map(|view| view.triggers.len()).sum();
        Self {
            tables: schema.tables.len(),
            views: schema.views.len(),
            indexes: schema.tables.iter().map(|table| table.indexes.len()).sum(),
            triggers: on_tables + on_views,
            virtual_tables: schema.virtual_tables.len(),
        }
    }
}

/// The refusal of a database that is not what it is compared with.
pub(crate) fn differs(drifts: &[Drift], what: &str) -> Error {
    const SHOWN: usize = 20;
    let mut lines: Vec<String> = drifts.iter().take(SHOWN).map(line).collect();
    if let Some(more) = drifts.len().checked_sub(SHOWN + 1) {
        lines.push(format!("and {} more", more + 1));
    }
    let places = if drifts.len() == 1 { "1 place".to_owned() } else { format!("{} places", drifts.len()) };
    Error::new(ErrorKind::Finding, format!("{what}: they differ in {places}"))
        .why(lines.join("\n"))
        .state("nothing was changed and nothing was written")
}

fn line(drift: &Drift) -> String {
    let change: &Change = &drift.change;
    let place = drift.model.as_ref().map(|model| format!("   {model}")).unwrap_or_default();
    format!("{} {}   {}{place}", change.sign(), change.subject(), drift.text)
}
