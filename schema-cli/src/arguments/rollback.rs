use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Run the down steps of the latest migrations.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct RollbackArguments {
    /// How many migrations to undo [default: 1]
    #[arg(value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) count: Option<u32>,
    /// Undo everything after this revision, which stays applied
    #[arg(long, value_name = "REVISION", conflicts_with = "count")]
    pub(crate) to: Option<String>,
    /// Print the SQL of the down steps and run nothing
    #[arg(long, conflicts_with = "dry_run")]
    pub(crate) sql: bool,
    /// Show what would be undone and undo nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Make no backup first
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Answer every confirmation with yes, data loss excepted
    #[arg(long)]
    pub(crate) yes: bool,
    /// What may be lost: users.name, users, or all
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_data_loss: Vec<String>,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
