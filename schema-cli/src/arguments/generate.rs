use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{AnswerArguments, DisplayArguments, PlaceArguments};

/// Compare the models with the recorded schema and write a migration.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct GenerateArguments {
    /// Words for the file's name: add_email
    pub(crate) name: Option<String>,
    /// Compare the models with what the migrations build, or with the live database
    #[arg(long, value_name = "SIDE", default_value = "recorded", value_enum)]
    pub(crate) from: ComparedWith,
    /// Write a migration without steps, to be filled by hand
    #[arg(long, conflicts_with = "sql")]
    pub(crate) empty: bool,
    /// The Rust function that runs after the statements of an empty migration
    #[arg(long, value_name = "FUNCTION", requires = "empty")]
    pub(crate) rust: Option<String>,
    /// Print the migration instead of writing it
    #[arg(long)]
    pub(crate) sql: bool,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the report of a failed proof to this file instead of the terminal
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) answers: AnswerArguments,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}

/// What the models are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ComparedWith {
    /// What the migration files build
    Recorded,
    /// What the database holds
    Live,
}
