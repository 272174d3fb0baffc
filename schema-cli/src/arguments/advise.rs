use std::path::PathBuf;

use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Say what would make the database faster: foreign keys without an index, indexes that are not needed, statistics
/// that are missing, and statements that read a big table from end to end. Nothing is run and nothing is changed.
#[derive(Args, Clone, Debug)]
pub(crate) struct AdviseArguments {
    /// Read the plan of this SELECT, UPDATE or DELETE, too
    #[arg(long, value_name = "SQL")]
    pub(crate) sql: Vec<String>,
    /// Read the plans of the statements in this file, too
    #[arg(long, value_name = "FILE")]
    pub(crate) sql_file: Vec<PathBuf>,
    /// Leave tables alone that have no more rows than this
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) rows: u64,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
