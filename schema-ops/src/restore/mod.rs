//! Restoring: a backup is read and checked, the database is backed up as it is, and then the backup is
//! written *into* it through SQLite. Programs that have it open see the restored rows; a file that is
//! swapped under them, or a log that is left beside it, would bring the newer rows back.

mod aside;
mod holders;
mod live;
mod put;
mod staged;
mod way_back;
mod write;

pub use aside::SetAside;
pub use put::{Put, Restored};
pub use staged::{Source, Staged};
pub use way_back::{BUILD_IT, RESTORE_THE_NEWEST, newest_good, with_way_back};
