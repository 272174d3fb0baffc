use std::fmt;

use super::EngineVersion;

/// One SQL statement with what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The statement, without its closing semicolon.
    pub sql: String,
    /// What it is for, in a few words: `add column users.email`.
    pub purpose: String,
    /// The table that it works on.
    pub table: String,
    /// What it costs.
    pub cost: Cost,
    /// The oldest engine that runs it.
    pub engine: EngineVersion,
    /// What a reader of the file should know; written above the statement as comments.
    pub notes: Vec<String>,
}

/// What a step costs, by its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// The same on every table.
    Instant,
    /// Every row is read.
    ReadsRows,
    /// Every row is written.
    RewritesTable,
}

impl fmt::Display for Cost {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Instant => "instant",
            Self::ReadsRows => "reads every row",
            Self::RewritesTable => "rewrites the table",
        })
    }
}

impl Step {
    pub(crate) fn new(table: &str, sql: impl Into<String>, purpose: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            purpose: purpose.into(),
            table: table.to_owned(),
            cost: Cost::Instant,
            engine: EngineVersion::OLDEST,
            notes: Vec::new(),
        }
    }

    pub(crate) fn cost(mut self, cost: Cost) -> Self {
        self.cost = cost;
        self
    }

    pub(crate) fn since(mut self, minor: u32) -> Self {
        self.engine = self.engine.max(EngineVersion::new(3, minor));
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}
