use std::path::PathBuf;

use clap::Args;

use super::DisplayArguments;

/// Start a project, or give one that exists its models, its xtask and its schema.toml.
#[derive(Args, Clone, Debug)]
pub(crate) struct InitArguments {
    /// The folder; it is made where it is not there
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Name of the schema's type
    #[arg(long, value_name = "TYPE", default_value = "App")]
    pub(crate) name: String,
    /// Take the framework's crates from this checkout and not from the registry
    #[arg(long, value_name = "FOLDER")]
    pub(crate) framework_path: Option<PathBuf>,
    /// Show what would be written and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
