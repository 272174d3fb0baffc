use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Read the whole database and say how it is; `--verbose` adds what is attached and how SQLite was compiled.
#[derive(Args, Clone, Debug)]
pub(crate) struct HealthArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
