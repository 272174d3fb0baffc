use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Fold applied migrations into one: old databases count it as applied, new ones are built from it.
#[derive(Args, Clone, Debug)]
pub(crate) struct SquashArguments {
    /// What the file is called
    #[arg(value_name = "NAME", default_value = "squash")]
    pub(crate) name: String,
    /// Fold up to this revision [default: the head]
    #[arg(long, value_name = "REVISION")]
    pub(crate) to: Option<String>,
    /// Build and prove, and write and move nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
