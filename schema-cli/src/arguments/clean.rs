use std::time::Duration;

use clap::Args;

use super::{DisplayArguments, PlaceArguments};
use crate::settings::read_age;

/// Delete the rows of a table that are older than so many days; without a table, what schema.toml says under `clean`.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct CleanArguments {
    /// The table
    #[arg(value_name = "TABLE")]
    pub(crate) table: Option<String>,
    /// Delete rows that are older than this: 90d, 36h
    #[arg(long, value_name = "AGE", value_parser = read_age, requires = "table")]
    pub(crate) older_than: Option<Duration>,
    /// The column by which a row is old; default: the model's `created_at`
    #[arg(long, value_name = "COLUMN", conflicts_with = "deleted", requires = "table")]
    pub(crate) by: Option<String>,
    /// Delete for good what was soft-deleted so long ago
    #[arg(long, requires = "table")]
    pub(crate) deleted: bool,
    /// Make no backup first
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Show what would be deleted and delete nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Answer the confirmation with yes
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
