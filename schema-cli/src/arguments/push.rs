use clap::Args;

use super::{AnswerArguments, DisplayArguments, PlaceArguments};

/// Change a development database into what the models declare, without a migration.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct PushArguments {
    /// Show what would be run and run nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Make no backup first
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Make a new database although there are backups of one that is gone
    #[arg(long)]
    pub(crate) new: bool,
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
