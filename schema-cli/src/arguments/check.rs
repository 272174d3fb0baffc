use clap::{Args, ValueEnum};

use super::{AnswerArguments, DisplayArguments, PlaceArguments};

/// What follows a database that is right.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Adopted {
    /// A migration of what was changed by hand, recorded here and not run
    Migration,
    /// The models of what differs, as db-pull writes them
    Models,
    /// Ask on a terminal
    Ask,
}

/// Compare models, migrations and database with each other.
#[derive(Args, Clone, Debug)]
pub(crate) struct CheckArguments {
    /// List what the lints find in the models and in pending files, with the rows of the database
    #[arg(long)]
    pub(crate) lint: bool,
    /// The database is right: write a migration of what was changed by hand, recorded here and not run; or
    /// the models of what differs
    #[arg(
        long,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "ask",
        conflicts_with = "lint"
    )]
    pub(crate) adopt: Option<Adopted>,
    /// With --adopt: what the migration is called [default: what changes]
    #[arg(long, value_name = "NAME", requires = "adopt")]
    pub(crate) name: Option<String>,
    /// With --adopt: compare and prove, and write and record nothing
    #[arg(long, requires = "adopt")]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) answers: Option<AnswerArguments>,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
