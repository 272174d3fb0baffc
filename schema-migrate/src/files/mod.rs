//! Migration files: one revision a file, plain SQL between two markers, a header in comments.
//!
//! ```sql
//! -- revision: 20251127143055_add_tasks
//! -- parents:  20251120101010_initial
//! -- engine:   sqlite >= 3.35
//! -- needs:    foreign_keys=off
//! -- migrate:up
//! ALTER TABLE "tasks" ADD COLUMN "due" TEXT;
//! -- migrate:down
//! ALTER TABLE "tasks" DROP COLUMN "due";
//! ```

mod checksum;
mod expectation;
mod folder;
mod header;
mod migration;
mod part;
mod revision;
mod source;
mod write;

pub use expectation::FileExpectation;
pub use folder::{Folder, Unread};
pub(crate) use folder::{SQUASHED, beginning};
pub use migration::{Migration, MigrationKind, Script};
pub use part::FileStatement;
pub use revision::{Revision, words};
pub use source::{EmbeddedFile, FileSource};
pub use write::{Draft, write};
