//! Backups: one packed file and one manifest each, in a folder of their own.
//!
//! A backup counts once it has been read back. `tome_20251127T143055Z.db.gz` is the packed copy; the
//! manifest beside it, `tome_20251127T143055Z.json`, says of which database it is, what it holds and when
//! it was last read: without that word the program that made it was stopped before it had read it back.

mod catalogue;
mod check;
mod copy;
mod look;
mod manifest;
mod name;
mod origin;
mod pack;
mod partial;
mod place;
mod progress;
mod publish;
mod take;
mod verify;

pub use catalogue::{Backup, Copied, Described, Listing, Standing, find, list};
pub use check::{Contents, Orphans, holds_rows};
pub use copy::copy;
pub use look::{Look, look};
pub use manifest::{Checked, FORMAT, Manifest, Reason};
pub use name::BackupName;
pub use origin::{Origin, Whose};
pub use pack::Digest;
pub use place::Places;
pub(crate) use progress::begin;
pub use progress::{Progress, Watch};
pub use take::{Request, Taken, take};
pub(crate) use take::{remove_copy, take_back};
pub use verify::{Fault, extract, verify};

pub(crate) use catalogue::{describe, whose};
pub(crate) use check::{check, orphans_of};
pub(crate) use copy::{PAGES_A_STEP, open_copy, pages_of};
pub(crate) use look::{Unsound, record, stage};
pub(crate) use partial::{Partial, remove_abandoned};

/// The table in which migrations are recorded; its last row is the revision of a backup.
pub const HISTORY_TABLE: &str = "_schema_migrations";

/// Name of the table in which `db-push` writes down what it made.
const PUSHED_TABLE: &str = "_schema_pushed";
