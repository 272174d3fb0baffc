use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// List what was applied, newest first: when, how long, how many rows, by which program.
#[derive(Args, Clone, Debug)]
pub(crate) struct HistoryArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
