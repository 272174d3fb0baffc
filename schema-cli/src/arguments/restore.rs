use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Write a backup into the database, which is backed up itself first; programs may have it open.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct RestoreArguments {
    /// Its number in the list, its id or the beginning of one, or a file: .db.gz or a database
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: Option<String>,
    /// Check the backup, show what would be restored, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Make no backup of what is there first: it is lost
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Restore a backup of another database: its rows take the place of what is here
    #[arg(long)]
    pub(crate) other_database: bool,
    /// Answer every confirmation with yes
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
