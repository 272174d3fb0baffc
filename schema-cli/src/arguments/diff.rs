use clap::Args;

use super::{AnswerArguments, DisplayArguments, PlaceArguments};

/// Show what turns one schema into another.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct DiffArguments {
    /// A database URL, a file's path, `models` or `migrations`
    #[arg(long, value_name = "X")]
    pub(crate) from: String,
    /// A database URL, a file's path, `models` or `migrations`
    #[arg(long, value_name = "Y")]
    pub(crate) to: String,
    /// Print the steps as SQL
    #[arg(long)]
    pub(crate) sql: bool,
    /// With --sql: the way back
    #[arg(long, requires = "sql", conflicts_with = "apply")]
    pub(crate) down: bool,
    /// Run the steps on X, which has to be a database
    #[arg(long)]
    pub(crate) apply: bool,
    /// With --apply: show what would be run and run nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// With --apply: make no backup of X first
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Answer every confirmation with yes, data loss excepted
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) answers: AnswerArguments,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
