use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Compare models, migrations and database with each other.
#[derive(Args, Clone, Debug)]
pub(crate) struct CheckArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
