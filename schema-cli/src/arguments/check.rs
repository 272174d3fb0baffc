use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Compare models, migrations and database with each other.
#[derive(Args, Clone, Debug)]
pub(crate) struct CheckArguments {
    /// List what the lints find in the models and in pending files, with the rows of the database
    #[arg(long)]
    pub(crate) lint: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
