use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Join branches of migrations: try them in every order on filled scratch databases, and write a revision
/// that follows all of them.
#[derive(Args, Clone, Debug)]
pub(crate) struct MergeArguments {
    /// The heads to join [default: all of them]
    #[arg(value_name = "REVISION")]
    pub(crate) heads: Vec<String>,
    /// What the revision is called
    #[arg(long, value_name = "NAME", default_value = "merge")]
    pub(crate) name: String,
    /// Try, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
