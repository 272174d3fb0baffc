use std::fmt;

use schema_core::model::SchemaDef;

use super::{Finding, known};
use crate::Result;

/// Findings, those that somebody has allowed apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// What a person should see.
    pub shown: Vec<Finding>,
    /// What somebody has seen already, and who said so.
    pub allowed: Vec<(Finding, Allowed)>,
}

/// Who allowed a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// `allow = [..]` in `schema.toml`.
    Settings,
    /// The struct, with its reason.
    Model(String),
    /// The migration file, with its reason.
    File(String),
}

impl fmt::Display for Allowed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settings => formatter.write_str("allowed in schema.toml"),
            Self::Model(reason) => write!(formatter, "allowed on the struct: {reason}"),
            Self::File(reason) => write!(formatter, "allowed in the file: {reason}"),
        }
    }
}

/// What is allowed: codes everywhere, codes of a struct, codes of a file.
#[derive(Clone, Copy, Debug)]
pub struct Allowance<'a> {
    settings: &'a [String],
    models: &'a SchemaDef,
}

impl<'a> Allowance<'a> {
    /// What the settings and the models allow.
    ///
    /// # Errors
    /// A code is unknown.
    pub fn new(settings: &'a [String], models: &'a SchemaDef) -> Result<Self> {
        settings.iter().try_for_each(|code| known(code).map(drop))?;
        for table in models.tables.iter() {
            for (code, _) in table.allowed.iter() {
                known(code).map_err(|error| {
                    let error = match table.source.as_ref() {
                        "" => error,
                        source => error.place(source.to_owned()),
                    };
                    error.next(format!("correct `allow` on the model of {}", table.name))
                })?;
            }
        }
        Ok(Self { settings, models })
    }

    /// Puts what is allowed apart.
    pub fn settle(&self, findings: Vec<Finding>) -> Findings {
        let mut settled = Findings::default();
        for finding in findings {
            match self.allows(&finding) {
                Some(allowed) => settled.allowed.push((finding, allowed)),
                None => settled.shown.push(finding),
            }
        }
        settled
    }

    fn allows(&self, finding: &Finding) -> Option<Allowed> {
        let code = finding.code();
        if self.settings.iter().any(|allowed| allowed == code) {
            return Some(Allowed::Settings);
        }
        let model = self.models.table(&finding.table)?;
        let (_, reason) = model.allowed.iter().find(|(allowed, _)| allowed == code)?;
        Some(Allowed::Model(reason.to_string()))
    }
}
