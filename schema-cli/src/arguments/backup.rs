use clap::Args;

use super::{DisplayArguments, PlaceArguments};

/// Take a backup of the database while others use it: copied, checked, packed, read back.
#[derive(Args, Clone, Debug)]
pub(crate) struct BackupArguments {
    /// Keep it for good: no rule removes it
    #[arg(long)]
    pub(crate) pin: bool,
    /// A word about it, shown in the list
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// Show where it would go and which backups the rules would remove, and do neither
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}

/// List the backups of the database, newest first.
#[derive(Args, Clone, Debug)]
pub(crate) struct ListBackupsArguments {
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}

/// Read backups to their end and compare them with their manifests.
#[derive(Args, Clone, Debug)]
pub(crate) struct VerifyBackupArguments {
    /// Its number in the list, its id, or the beginning of one [default: the newest]
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: Option<String>,
    /// Read all of them
    #[arg(long, conflicts_with = "backup")]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}
