use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use super::ledger;
use super::owned::{Kind, Names};
use crate::diff::{Answers, Change, compare};
use crate::files::{Folder, Migration};
use crate::history::{self, unfinished};
use crate::inspect::sqlite;
use crate::recorded::recorded;
use crate::run::{Target, open_read_only};
use crate::stamp::without_bookkeeping;
use crate::{Error, ErrorKind, Result};

/// A database before a push.
#[derive(Clone, Debug)]
pub struct Before {
    /// What of it is compared with the models: what migrations or pushes have made, and what has the name
    /// of something that the models declare.
    pub schema: SchemaDef,
    /// What nobody wrote down, in words: it is kept.
    pub kept: Vec<String>,
    /// What migrations and pushes have made.
    ours: Names,
}

/// Reads what a push would start from; `models` as they are inspected. Nothing where there is no database.
///
/// # Errors
/// The database or the files cannot be read, a migration was stopped half-way, something that nobody wrote
/// down is there under the name of a model and differs from it, or a table of ours has a column that nobody
/// wrote down and no model declares.
pub fn before(target: &Target, models: &SchemaDef) -> Result<Before> {
    let folder = Folder::scan(&target.files)?.ordered()?;
    if std::fs::metadata(&target.database).map_or(true, |file| file.len() == 0) {
        return Ok(Before { schema: SchemaDef::EMPTY, kept: Vec::new(), ours: Names::default() });
    }
    read(&open_read_only(&target.database, target.wait)?, &folder, models)
}

pub(super) fn read(connection: &Connection, folder: &Folder, models: &SchemaDef) -> Result<Before> {
    let history = history::read_beside(connection, folder)?;
    unfinished::refuse(&history, &[])?;
    let is_applied =
        |migration: &&Migration| history.iter().any(|row| row.revision == migration.revision.as_str());
    let recorded = recorded(folder.migrations().iter().filter(is_applied))?;
    let pushed = ledger::read(connection)?;
    let mut ours = Names::of(&recorded);
    ours.add_pushed(&pushed);
    let mut compared = ours.clone();
    compared.add(models);
    let live = without_bookkeeping(sqlite::schema(connection)?, models);
    let (schema, kept) = compared.only(live);
    refuse_columns(&schema, &ours, &[&recorded, &ledger::tables(&pushed)?, models])?;
    let before = Before { schema, kept, ours };
    before.refuse_foreign(&compare(&before.schema, models, models, &Answers::unasked(false))?.changes)?;
    Ok(before)
}

impl Before {
    /// Refuses changes of what is there already and nobody wrote down.
    fn refuse_foreign(&self, changes: &[Change]) -> Result<()> {
        let is_foreign = |change: &&Change| match change {
            Change::CreateTable { .. } | Change::CreateView { .. } | Change::CreateVirtualTable { .. } => {
                false
            }
            Change::DropIndex { index, .. } | Change::ChangeIndex { from: index, .. } => {
                !self.ours.has(Kind::Relation, &index.name)
            }
            Change::DropTrigger { trigger, .. } | Change::ChangeTrigger { from: trigger, .. } => {
                !self.ours.has(Kind::Trigger, &trigger.name)
            }
            other => !self.ours.has(Kind::Relation, other.table()),
        };
        let foreign: Vec<String> = changes
            .iter()
            .filter(is_foreign)
            .map(|change| format!("{} {}", change.sign(), change.subject()))
            .collect();
        if foreign.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Preflight, "the push would change what it did not make")
            .why(format!("neither a migration nor a push has written it down:\n{}", foreign.join("\n")))
            .state("nothing was changed")
            .next("db-stamp --baseline adopts a database once the models are what it has")
            .next("db-pull writes such models"))
    }

    /// What of a database is to be the models afterwards.
    pub(super) fn compared(&self, wanted: &SchemaDef, live: SchemaDef) -> SchemaDef {
        let mut names = self.ours.clone();
        names.add(wanted);
        names.only(live).0
    }

    /// What belongs to us once the wanted schema is there.
    pub(super) fn ours_with(&self, wanted: &SchemaDef) -> Names {
        let mut ours = self.ours.clone();
        // Those of the wanted that were there already and are nobody's stay so.
        let mut new = Names::of(wanted);
        new.leave_out(&Names::of(&self.schema));
        ours.join(new);
        ours
    }
}

/// A column that was added by hand would be dropped, or be lost in a rebuild.
fn refuse_columns(live: &SchemaDef, ours: &Names, known: &[&SchemaDef]) -> Result<()> {
    let mut foreign = Vec::new();
    for table in live.tables.iter().filter(|table| ours.has(Kind::Relation, &table.name)) {
        let is_known = |column: &str| {
            let tables = known.iter().filter_map(|schema| schema.table(&table.name));
            tables.flat_map(|table| table.columns.iter()).any(|other| other.name.eq_ignore_ascii_case(column))
        };
        let columns = table.columns.iter().filter(|column| !is_known(&column.name));
        foreign.extend(columns.map(|column| format!("{}.{}", table.name, column.name)));
    }
    if foreign.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Preflight, "the database has columns that nobody wrote down")
        .why(format!("neither a migration nor a push has made them: {}", foreign.join(", ")))
        .state("nothing was changed")
        .next("declare them in the models, or drop them by hand"))
}
