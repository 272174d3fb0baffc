use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Delete the rows of tables, children first.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct ClearArguments {
    /// The tables to empty
    #[arg(value_name = "TABLE", required_unless_present = "all", conflicts_with = "all")]
    pub(crate) tables: Vec<String>,
    /// Empty every table, the history and `_kept_..` tables excepted
    #[arg(long)]
    pub(crate) all: bool,
    /// With --all, a table that keeps its rows
    #[arg(long, value_name = "TABLE", requires = "all")]
    pub(crate) keep: Vec<String>,
    /// Let AUTOINCREMENT begin at 1 again
    #[arg(long)]
    pub(crate) restart_ids: bool,
    #[command(flatten)]
    pub(crate) loss: LossArguments,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}

/// Empty the database and apply every migration.
#[derive(Args, Clone, Debug)]
pub(crate) struct ResetArguments {
    #[command(flatten)]
    pub(crate) loss: LossArguments,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}

/// Fill the database by the program's seed function.
#[derive(Args, Clone, Debug)]
pub(crate) struct SeedArguments {
    /// Run it, show what it did and take it back
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}

/// What every command takes that deletes rows.
#[derive(Args, Clone, Debug)]
pub(crate) struct LossArguments {
    /// A table whose rows may be lost, or all
    #[arg(long, value_name = "NAME")]
    pub(crate) allow_data_loss: Vec<String>,
    /// Make no backup first
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Show what would be deleted and delete nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Answer every confirmation with yes, data loss excepted
    #[arg(long)]
    pub(crate) yes: bool,
}
