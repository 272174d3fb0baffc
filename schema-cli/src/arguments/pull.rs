use std::path::PathBuf;

use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Write the models of a database that is there. They compile, and show no difference against it.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct PullArguments {
    /// The folder of the models [default: models/src where db-init made it, else src/models]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Name of the schema's type [default: the registered schema's, else App]
    #[arg(long, value_name = "TYPE")]
    pub(crate) name: Option<String>,
    /// Look at the stored values, for ten seconds at most: columns whose values are not what they declare
    /// become `Value`, BOOL columns of 0 and 1 become `bool`, and with --times what is no date stays text
    #[arg(long)]
    pub(crate) sample: bool,
    /// Read DATE, TIME, DATETIME and TIMESTAMP columns as types of the crate `time`
    #[arg(long)]
    pub(crate) times: bool,
    /// Overwrite files that are there
    #[arg(long)]
    pub(crate) force: bool,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
