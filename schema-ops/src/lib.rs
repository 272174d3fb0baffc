//! Care for a database that is in use. Backups come first: taken while others write, read back,
//! listed, kept and restored.
//!
//! - [`backup::take`] copies a database, checks the copy, packs it, and reads it back.
//! - [`backup::list`] says what is there; [`backup::verify`] reads one again.
//! - [`retention`] says which are kept, and removes the others.
//! - [`restore`] writes one into the database while others have it open.
//! - [`health`] says how a database is: size, journal, faults, rows without their parent.
//! - [`integrity`] checks a whole file, also where only the application has a function that it calls.
//!
//! Everything here works on connections and paths, and knows nothing of migrations.

pub mod backup;
mod durable;
mod error;
mod explain;
mod health;
mod integrity;
mod next;
pub mod restore;
pub mod retention;
mod unknown;

pub use durable::flush_folder;
pub use error::{Error, ErrorKind, Result};
pub use explain::{explain, read_only};
pub use health::{Health, health};
pub use integrity::{Integrity, integrity};
pub use next::{Next, shell_word};
pub use unknown::{Unknown, unknown_name};
