use std::path::{Path, PathBuf};

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;

use crate::diff::{Answers, Change, Comparison, Keeping, Question};
use crate::files::Draft;
use crate::lint::{Figures, Findings};
use crate::plan::{Blocked, EngineVersion, Loss, Plan};
use crate::proof::Proof;
use crate::{Error, ErrorKind};

/// What a migration is generated from.
#[derive(Clone, Copy, Debug)]
pub struct GenerateRequest<'a> {
    /// The models.
    pub declared: &'a SchemaDef,
    /// The migrations folder.
    pub folder: &'a Path,
    /// A database that has to agree with the files first; `None` trusts the files.
    pub live: Option<&'a Connection>,
    /// What the migration is about, in any words; taken from the changes where it is missing.
    pub name: Option<&'a str>,
    /// What a person has decided.
    pub answers: &'a Answers,
    /// The oldest engine that may run the migration.
    pub target: EngineVersion,
    /// Draft and prove, and write nothing.
    pub dry_run: bool,
    /// A migration without statements, for a person to fill in.
    pub empty: bool,
    /// The Rust function that the migration without statements names.
    pub rust: Option<&'a str>,
    /// What a live database tells about its size, beside what is found.
    pub figures: Figures<'a>,
    /// Codes of lints that the settings allow.
    pub allow: &'a [String],
}

impl<'a> GenerateRequest<'a> {
    /// A request with no answers, for the bundled engine.
    pub fn new(declared: &'a SchemaDef, folder: &'a Path) -> Self {
        const NONE: &Answers = &Answers {
            renames: Vec::new(),
            drops: Vec::new(),
            no_renames: false,
            backfills: Vec::new(),
            converts: Vec::new(),
            allowed_losses: Vec::new(),
            allow_every_loss: false,
            strict_unique: false,
            keeping: Keeping::AsBefore,
        };
        Self {
            declared,
            folder,
            live: None,
            name: None,
            answers: NONE,
            target: EngineVersion::bundled(),
            dry_run: false,
            empty: false,
            rust: None,
            figures: Figures::NONE,
            allow: &[],
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub enum Generated {
    /// Models and files say the same already.
    Nothing {
        /// How many tables the models have.
        tables: usize,
        /// How many migrations the folder has.
        migrations: usize,
    },
    /// A person has to say what became of what is gone. Nothing was written.
    Questions {
        /// The questions.
        questions: Vec<Question>,
        /// The changes, each of the open renames taken for a drop and an addition.
        comparison: Box<Comparison>,
    },
    /// Changes wait for a value. Nothing was written.
    Blocked {
        /// What waits for what.
        blocked: Vec<Blocked>,
        /// The changes.
        changes: Vec<Change>,
    },
    /// Data would be lost that nobody has given up. Nothing was written.
    Losses {
        /// What would be lost.
        losses: Vec<Loss>,
        /// The changes.
        changes: Vec<Change>,
    },
    /// Drafted and proven; written unless it is a dry run.
    Drafted(Box<Drafted>),
}

/// A migration that was proven.
#[derive(Debug)]
pub struct Drafted {
    /// How many tables the models have.
    pub tables: usize,
    /// How many migrations the folder had.
    pub migrations: usize,
    /// What changes.
    pub changes: Vec<Change>,
    /// The steps.
    pub plan: Plan,
    /// What a person should know.
    pub findings: Findings,
    /// The file's text, read.
    pub draft: Draft,
    /// What was proven; `None` for an empty migration.
    pub proof: Option<Proof>,
    /// The file; `None` in a dry run.
    pub written: Option<PathBuf>,
}

impl Generated {
    /// The error that this is where nobody can be asked.
    pub fn into_result(self) -> Result<Self, Error> {
        let (what, lines, flags): (String, Vec<String>, Vec<String>) = match &self {
            Self::Nothing { .. } | Self::Drafted(_) => return Ok(self),
            Self::Questions { questions, .. } => (
                match questions.len() {
                    1 => "1 question needs an answer and there is no terminal".to_owned(),
                    count => format!("{count} questions need an answer and there is no terminal"),
                },
                questions.iter().map(ToString::to_string).collect(),
                questions.iter().flat_map(Question::flags).collect(),
            ),
            Self::Blocked { blocked, .. } => (
                format!("{} changes wait for a value", blocked.len()),
                blocked.iter().map(ToString::to_string).collect(),
                blocked.iter().flat_map(|blocked| blocked.flags.clone()).collect(),
            ),
            Self::Losses { losses, .. } => (
                "data would be lost".to_owned(),
                losses.iter().map(ToString::to_string).collect(),
                losses.iter().flat_map(Loss::flags).collect(),
            ),
        };
        let error = Error::new(ErrorKind::Answer, what).why(lines.join("\n")).state("nothing was written");
        Err(flags.into_iter().fold(error, |error, flag| error.next(format!("answer with {flag}"))))
    }
}
