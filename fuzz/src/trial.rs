mod holds;
mod plan;
mod refusal;

use std::collections::BTreeMap;
use std::path::Path;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_migrate::Error;
use schema_migrate::diff_apply;
use schema_migrate::inspect::sqlite;
use schema_migrate::plan::{Plan, script};
use schema_migrate::run::{Silent, Target};

use crate::case::Case;
use crate::database;
use crate::reference::Reference;
use crate::shape::shape;

/// How a case ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// There was nothing to do.
    Same,
    /// Up and down were applied, and everything holds.
    Applied,
    /// Up was applied and everything holds; the way down was refused, as the plan had announced.
    AppliedUp,
    /// A refusal with its reason; nothing was changed.
    Refused(&'static str),
    /// Something that may not be.
    Failed(Failure),
    /// SQLite does not take one of the schemas.
    Invalid(String),
}

/// What may not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In a few words that are the same for every case of one fault.
    pub kind: String,
    /// What was seen.
    pub detail: String,
}

impl Failure {
    fn new(kind: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { kind: kind.into(), detail: detail.into() }
    }
}

type Step<T> = Result<T, Outcome>;

fn failed<T>(kind: impl Into<String>, detail: impl Into<String>) -> Step<T> {
    Err(Outcome::Failed(Failure::new(kind, detail)))
}

/// Goes through the case in a folder that may be written to, and looks at everything that has to hold.
pub fn run(case: &Case, folder: &Path) -> Outcome {
    match Trial::new(case, folder).and_then(|trial| trial.go()) {
        Ok(outcome) | Err(outcome) => outcome,
    }
}

struct Trial<'a> {
    case: &'a Case,
    target: Target,
    database: Connection,
}

impl<'a> Trial<'a> {
    fn new(case: &'a Case, folder: &Path) -> Step<Self> {
        let path = folder.join("case.db");
        for suffix in ["", "-journal", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.join(format!("case.db{suffix}")));
        }
        let invalid = |error: String| Outcome::Invalid(error);
        if case.names_what_is_gone() {
            return Err(invalid("something is named that is not there".to_owned()));
        }
        let database = database::open(Some(&path)).map_err(|error| invalid(error.to_string()))?;
        database::run(&database, &case.from_statements()).map_err(invalid)?;
        database
            .set_db_config(schema_core::rusqlite::config::DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)
            .map_err(|error| invalid(error.to_string()))?;
        database::run(&database, &case.filling.statements(&case.from)).map_err(invalid)?;
        database::is_sound(&database).map_err(|error| invalid(error.to_string()))?;
        let integrity = database::texts(&database, "PRAGMA integrity_check").map_err(invalid)?;
        if integrity != ["'ok'"] {
            return Err(Outcome::Invalid(integrity.join(", ")));
        }
        Ok(Self { case, target: Target::new(path, folder), database })
    }

    fn go(&self) -> Step<Outcome> {
        let wanted = database::open(None).map_err(|error| Outcome::Invalid(error.to_string()))?;
        database::run(&wanted, &self.case.to_statements()).map_err(Outcome::Invalid)?;
        database::is_sound(&wanted).map_err(|error| Outcome::Invalid(error.to_string()))?;
        let (from, to) = (inspect(&self.database)?, inspect(&wanted)?);
        let before = self.everything()?;
        let old_shape = shape(&self.database).map_err(Outcome::Invalid)?;
        let old_orphans = database::orphans(&self.database).map_err(Outcome::Invalid)?;
        let old_marks = database::marks(&self.database).map_err(Outcome::Invalid)?;
        let mut answers = self.case.answers().or_else(|error| failed("an answer is refused", error))?;
        let (plan, backfills) = self.plan(&from, &to, &mut answers)?;
        if plan.up.is_empty() {
            self.holds(&shape(&wanted).map_err(Outcome::Invalid)?, "without a step")?;
            return Ok(Outcome::Same);
        }
        let reference =
            Reference::build(self.case, &self.target.database, &backfills).map_err(Outcome::Invalid)?;
        if let Err(error) = diff_apply::apply(&self.target, &from, &plan, &mut Silent) {
            return match self.refused(&error, &before, &reference, &old_orphans) {
                Err(Outcome::Failed(failure)) => {
                    let detail = format!("{}\n\nthe plan:\n{}", failure.detail, script(&plan.up));
                    failed(failure.kind, detail)
                }
                other => other,
            };
        }
        if let Some(misfit) = &reference.misfit {
            return failed("applied, although the rows do not fit", misfit);
        }
        self.sound("after up")?;
        self.equals(&to, "after up")?;
        self.holds(&shape(&wanted).map_err(Outcome::Invalid)?, "after up")?;
        self.marks(&old_marks)?;
        let difference = reference.difference(&self.database);
        if let Some(difference) =
            difference.or_else(|error| failed("after up: tables cannot be read", error))?
        {
            return failed("after up: cells differ", difference);
        }
        self.survived(&before, "after up")?;
        let orphans = old_orphans.values().any(|count| *count > 0)
            || database::has_mismatch(&before_database(self.case)?).map_err(Outcome::Invalid)?;
        self.down(&from, &plan, &before, &old_shape, orphans)
    }

    fn everything(&self) -> Step<BTreeMap<String, Vec<database::Row>>> {
        database::everything(&self.database).map_err(Outcome::Invalid)
    }

    fn down(
        &self,
        from: &SchemaDef,
        plan: &Plan,
        before: &BTreeMap<String, Vec<database::Row>>,
        old_shape: &crate::shape::Shape,
        had_orphans: bool,
    ) -> Step<Outcome> {
        if plan.down.is_empty()
            && plan.irreversible.iter().any(|why| why.contains("SQLite cannot make a rename"))
        {
            return Ok(Outcome::AppliedUp);
        }
        if plan.down.is_empty() {
            return failed("there is no way down", format!("{:?}", plan.irreversible));
        }
        let changed = self.everything()?;
        let back = Plan {
            up: plan.down.clone(),
            losses: Vec::new(),
            expectations: plan.down_expectations.clone(),
            ..plan.clone()
        };
        if let Err(error) = diff_apply::apply(&self.target, &inspect(&self.database)?, &back, &mut Silent) {
            if self.everything()? != changed {
                return failed("a refusal of down that changed something", error.to_string());
            }
            // A reference that comes back finds the rows without a parent that it left.
            let text = error.to_string();
            let known = had_orphans
                && (["have no row in", "has its row in", "are no key"]
                    .iter()
                    .any(|words| text.contains(words)));
            return if plan.irreversible.is_empty() && !self.loses() && !known {
                failed(kind_of("down refused without a warning", &error), error.to_string())
            } else {
                Ok(Outcome::AppliedUp)
            };
        }
        self.sound("after down")?;
        self.equals(from, "after down")?;
        self.holds(old_shape, "after down")?;
        self.survived(before, "after down")?;
        Ok(Outcome::Applied)
    }
}

/// The old schema without rows.
fn before_database(case: &Case) -> Step<Connection> {
    let connection = database::open(None).map_err(|error| Outcome::Invalid(error.to_string()))?;
    database::run(&connection, &case.from_statements()).map_err(Outcome::Invalid)?;
    Ok(connection)
}

fn inspect(connection: &Connection) -> Step<SchemaDef> {
    sqlite::schema(connection).or_else(|error| failed(kind_of("inspect", &error), error.to_string()))
}

/// The kind of failure that an error is: its first words, without names.
fn kind_of(when: &str, error: &Error) -> String {
    let words: Vec<&str> =
        error.what().split(['`', ':', '"']).next().unwrap_or_default().split(' ').collect();
    let reason = error.reason().unwrap_or_default();
    let reason = reason.split(['`', ':', '"', '\n']).next().unwrap_or_default();
    // Numbers differ from case to case of one fault, and what comes behind ` of ` are names.
    let reason = reason.split(" of ").next().unwrap_or_default().split(" where ").next().unwrap_or_default();
    let plain: String = reason.chars().filter(|character| !character.is_ascii_digit()).take(50).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| word.parse::<u64>().is_err()).collect();
    format!("{when}: {} ({plain})", words.join(" "))
}
