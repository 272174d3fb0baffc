use std::path::PathBuf;

use time::{Duration, OffsetDateTime};

use schema_core::model::{SchemaDef, SchemaOwner};

use super::name::default_name;
use super::request::{Drafted, GenerateRequest, Generated};
use crate::check::drift;
use crate::files::{Draft, Folder, Revision, words, write};
use crate::inspect::{materialise, sqlite};
use crate::keep::{Destination, destination};
use crate::lint::{Allowance, Findings, Subject, lint};
use crate::plan::{self, EngineVersion, Plan};
use crate::proof::prove;
use crate::recorded::recorded;
use crate::stamp::without_bookkeeping;
use crate::{Error, ErrorKind, Result};

/// Compares the models with what the files record, plans, proves, and writes a migration. Nothing
/// is written unless the proof holds.
pub fn generate(request: &GenerateRequest<'_>) -> Result<Generated> {
    if request.declared.owner != SchemaOwner::Application {
        return Err(Error::usage(format!("`{}` belongs to somebody else", request.declared.name))
            .why("an external schema is never migrated")
            .state("nothing was written"));
    }
    let allowance = Allowance::new(request.allow, request.declared)?;
    let folder = Folder::read(request.folder)?;
    let parents = parents(&folder)?;
    if request.empty {
        return empty(request, &folder, &parents);
    }
    let from = recorded(folder.migrations())?;
    if let Some(live) = request.live {
        agree(&without_bookkeeping(sqlite::schema(live)?, &from), &from)?;
    }
    let models = materialise(request.declared)?;
    proposed(request, &folder, &parents, (&from, &models), allowance, &write)
}

/// Plans and proves the step between two schemas, and has it written unless it is a dry run.
pub(super) fn proposed(
    request: &GenerateRequest<'_>,
    folder: &Folder,
    parents: &[String],
    (from, wanted): (&SchemaDef, &SchemaDef),
    allowance: Allowance<'_>,
    write: &dyn Fn(&Draft) -> Result<PathBuf>,
) -> Result<Generated> {
    let (tables, migrations) = (wanted.tables.len(), folder.migrations().len());
    let Destination { schema: to, answers, comparison } =
        destination(from, wanted, request.declared, request.answers)?;
    if !comparison.questions.is_empty() {
        return Ok(Generated::Questions {
            questions: comparison.questions.clone(),
            comparison: Box::new(comparison),
        });
    }
    if comparison.is_empty() {
        return Ok(Generated::Nothing { tables, migrations });
    }
    let plan = plan::sqlite(from, &to, &comparison, &answers, request.target)?;
    if !plan.blocked.is_empty() {
        return Ok(Generated::Blocked { blocked: plan.blocked, changes: comparison.changes });
    }
    let open: Vec<_> = plan.open_losses().cloned().collect();
    if !open.is_empty() {
        return Ok(Generated::Losses { losses: open, changes: comparison.changes });
    }
    let name = name_of(request.name, || default_name(&comparison.changes, migrations == 0))?;
    let subject = Subject {
        to: &to,
        declared: request.declared,
        comparison: &comparison,
        answers: &answers,
        plan: &plan,
        figures: request.figures,
    };
    let findings = allowance.settle(lint(&subject));
    let revision = next_revision(folder, &name);
    let draft = Draft::of_plan(request.folder, &revision, parents, &plan, &findings.shown)?;
    let proof = prove(folder, &draft.migration, from, &to, &comparison, &answers)?;
    let written = if request.dry_run { None } else { Some(write(&draft)?) };
    Ok(Generated::Drafted(Box::new(Drafted {
        tables,
        migrations,
        changes: comparison.changes,
        plan,
        findings,
        draft,
        proof: Some(proof),
        written,
    })))
}

fn empty(request: &GenerateRequest<'_>, folder: &Folder, parents: &[String]) -> Result<Generated> {
    let name = name_of(request.name, || "changes".to_owned())?;
    let draft = Draft::empty(request.folder, &next_revision(folder, &name), parents, request.rust)?;
    let written = if request.dry_run { None } else { Some(write(&draft)?) };
    Ok(Generated::Drafted(Box::new(Drafted {
        tables: request.declared.tables.len(),
        migrations: folder.migrations().len(),
        changes: Vec::new(),
        plan: Plan {
            up: Vec::new(),
            down: Vec::new(),
            expectations: Vec::new(),
            down_expectations: Vec::new(),
            minimum_engine: EngineVersion::OLDEST,
            foreign_keys_off: false,
            rebuilt: Vec::new(),
            notes: Vec::new(),
            losses: Vec::new(),
            blocked: Vec::new(),
            irreversible: Vec::new(),
        },
        findings: Findings::default(),
        draft,
        proof: None,
        written,
    })))
}

/// The one revision that the new migration follows.
pub(super) fn parents(folder: &Folder) -> Result<Vec<String>> {
    let heads: Vec<String> = folder.heads().iter().map(|head| head.revision.to_string()).collect();
    if heads.len() < 2 {
        return Ok(heads);
    }
    Err(Error::failed(format!("the folder has {} heads", heads.len()))
        .why(format!("{} were made on branches that nothing has merged", heads.join(" and ")))
        .state("nothing was written")
        .next("db-merge checks that they fit together, and joins them"))
}

/// The words of a revision: those that a person gave, or the default.
pub(crate) fn name_of(given: Option<&str>, default: impl FnOnce() -> String) -> Result<String> {
    let Some(given) = given else { return Ok(default()) };
    words(given).ok_or_else(|| {
        Error::usage(format!("`{given}` is no name for a migration"))
            .why("it needs ASCII letters or digits, as in add_email")
            .state("nothing was written")
    })
}

/// A revision of this second, or of the next one that no file has.
pub(crate) fn next_revision(folder: &Folder, name: &str) -> Revision {
    let mut at = OffsetDateTime::now_utc();
    loop {
        let revision = Revision::at(at, name);
        if folder.migrations().iter().all(|other| other.revision.instant() != revision.instant()) {
            return revision;
        }
        at += Duration::SECOND;
    }
}

/// A migration that starts from a database runs everywhere only if the files build that database.
fn agree(live: &SchemaDef, recorded: &SchemaDef) -> Result<()> {
    let differences = drift(live, recorded, recorded, ("the database", "the migrations"), recorded, false)?;
    if differences.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = differences
        .iter()
        .map(|drift| format!("{} {} {}", drift.change.sign(), drift.change.subject(), drift.text))
        .collect();
    Err(Error::new(ErrorKind::Finding, "the database is not what the migrations build")
        .why(lines.join("\n"))
        .state("nothing was written")
        .next("db-migrate applies what is pending; db-check shows what only the database has"))
}
