use clap::Args;
use schema_migrate::{nearest::nearest, run::CheckName};

use super::{DisplayArguments, PlaceArguments};

/// Apply pending migrations.
#[derive(Args, Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct MigrateArguments {
    /// Stop after this revision
    #[arg(long, value_name = "REVISION")]
    pub(crate) to: Option<String>,
    /// Print the SQL of the pending migrations and apply nothing
    #[arg(long, conflicts_with_all = ["each", "preflight", "rehearse", "dry_run"])]
    pub(crate) sql: bool,
    /// Run everything on a copy of the database first (the default in production)
    #[arg(long)]
    pub(crate) rehearse: bool,
    /// Check whether the migrations could be applied, and apply nothing
    #[arg(long)]
    pub(crate) preflight: bool,
    /// Leave a check out, again for each: folder, file, owner, space, foreign-keys, functions or views.
    /// What keeps data from harm is always checked: the file's integrity, history and files, what the
    /// tables and rows have to be, and that no migration leaves new rows without their parent
    #[arg(long, value_name = "CHECK", value_parser = check_name)]
    pub(crate) skip_preflight: Vec<CheckName>,
    /// Make no backup first
    #[arg(long)]
    pub(crate) no_backup: bool,
    /// Make a new database although there are backups of one that is gone
    #[arg(long)]
    pub(crate) new: bool,
    /// Take the edited file of an applied revision for what was applied
    #[arg(long, value_name = "REVISION")]
    pub(crate) accept_edited: Vec<String>,
    /// What is true of a revision that was stopped half-way: REVISION=applied, =pending or =continue
    #[arg(long, value_name = "REVISION=WORD")]
    pub(crate) resolve: Vec<String>,
    /// Migrate every database file that matches, each on its own: 'data/*.db'
    #[arg(long, value_name = "PATTERN", conflicts_with = "url")]
    pub(crate) each: Option<String>,
    /// Show what would be applied and apply nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Answer every confirmation with yes, data loss excepted
    #[arg(long)]
    pub(crate) yes: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
    #[command(flatten)]
    pub(crate) display: DisplayArguments,
}

fn check_name(word: &str) -> Result<CheckName, String> {
    let known = CheckName::ALL.into_iter().find(|name| name.as_str() == word);
    let names = || CheckName::ALL.into_iter().filter(|name| name.can_be_skipped()).map(CheckName::as_str);
    match known {
        Some(name) if name.can_be_skipped() => Ok(name),
        Some(_) => Err(format!("`{word}` keeps data from harm and is never left out")),
        None => Err(match nearest(word, names()) {
            Some(meant) => format!("there is no check `{word}`: did you mean `{meant}`?"),
            None => {
                format!("there is no check `{word}`; there are {}", names().collect::<Vec<_>>().join(", "))
            }
        }),
    }
}
