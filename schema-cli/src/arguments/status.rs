use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Show where the database stands: what is applied, what is pending, what was edited.
#[derive(Args, Clone, Debug)]
pub(crate) struct StatusArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
