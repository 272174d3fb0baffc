use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Adopt a database: record revisions as applied after a comparison, and run none of them.
#[derive(Args, Clone, Debug)]
pub(crate) struct StampArguments {
    /// Record this revision and those that it needs; the database has to be what their files build
    #[arg(value_name = "REVISION")]
    pub(crate) revision: Option<String>,
    /// Write a first migration of what the database holds, and record it; the database has to be what
    /// the models say
    #[arg(long, conflicts_with = "revision")]
    pub(crate) baseline: bool,
    /// Adopt what another migration tool has kept: alembic, drizzle, diesel, sqlx, refinery and others. Like
    /// --baseline; its table stays as it is
    #[arg(long, value_name = "TOOL", conflicts_with = "revision")]
    pub(crate) from: Option<String>,
    /// With --baseline: what the migration is called
    #[arg(long, value_name = "NAME", default_value = "baseline", conflicts_with = "revision")]
    pub(crate) name: String,
    /// Compare, and write and record nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
