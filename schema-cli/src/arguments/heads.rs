use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// List the revisions that no other follows; more than one are branches to merge.
#[derive(Args, Clone, Debug)]
pub(crate) struct HeadsArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
