//! Inspects databases, compares schemas, writes migrations and runs them.
//!
//! From the outside in:
//!
//! - [`generate`](generate::generate) compares the models with what the files record and drafts,
//!   proves and writes a migration.
//! - [`run::migrate`] and [`run::rollback`] apply revisions and take them back;
//!   [`run::Observer`] watches.
//! - [`rust_step`]: Rust functions that belong to a revision.
//! - [`status`](status::status) and [`check`](check::check) say where a database stands.
//! - [`merge`](merge::merge) joins branches of migrations.
//! - [`test_migrations`](test_migrations::test_migrations) tries every migration up, down and up again.
//! - [`pull`](pull::pull) writes the models of a database that is there.
//! - [`stamp`] adopts a database that was there before its migrations.
//! - [`apply`](diff_apply::apply) runs a plan on a database that keeps no history.
//! - [`files`], [`graph`], [`history`], [`recorded`](recorded::recorded): what they stand on.
//! - [`inspect`], [`diff`], [`plan`], [`sql`]: schemas and their differences, without effects.

pub mod check;
pub mod diff;
pub mod diff_apply;
pub mod files;
pub mod generate;
pub mod graph;
pub mod history;
pub mod inspect;
pub mod keep;
pub mod lint;
pub mod merge;
pub mod plan;
pub mod proof;
pub mod pull;
pub mod recorded;
pub mod run;
pub mod rust_step;
pub mod sql;
pub mod stamp;
pub mod status;
pub mod test_migrations;

/// Makes a function the Rust step of a revision: [`rust_step`].
pub use schema_derive::migration;
pub use schema_ops::{Error, ErrorKind, Result};
