use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Clear what a dead holder of the migration lock has left; refused while it lives.
#[derive(Args, Clone, Debug)]
pub(crate) struct UnlockArguments {
    /// Show what would be cleared and clear nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
