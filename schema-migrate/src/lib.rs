//! Inspects databases, compares schemas, writes migrations and runs them.
//!
//! From the outside in:
//!
//! - [`generate`](generate::generate) compares the models with what the files record and drafts,
//!   proves and writes a migration.
//! - [`run::migrate`] and [`run::rollback`] apply revisions and take them back;
//!   [`run::Observer`] watches.
//! - [`rust_step`]: Rust functions that belong to a revision.
//! - [`Migrator`] and [`test_db`]: migrations in the application itself, at start-up and in tests.
//! - [`status`](status::status) and [`check`](check::check) say where a database stands.
//! - [`merge`](merge::merge) joins branches of migrations.
//! - [`test_migrations`](test_migrations::test_migrations) tries every migration up, down and up again.
//! - [`pull`](pull::pull) writes the models of a database that is there.
//! - [`squash`](squash::squash) folds applied revisions into one file.
//! - [`stamp`] adopts a database that was there before its migrations.
//! - [`apply`](diff_apply::apply) runs a plan on a database that keeps no history.
//! - [`push`]: the models straight into a development database.
//! - [`development`]: emptying tables and whole databases.
//! - [`clean`](clean::clean): deleting what is older than so many days.
//! - [`advise`](advise::advise): what would make a database faster.
//! - [`files`], [`graph`], [`history`], [`recorded`](recorded::recorded): what they stand on.
//! - [`inspect`], [`diff`], [`plan`], [`sql`]: schemas and their differences, without effects.

pub mod advise;
pub mod check;
pub mod clean;
pub mod development;
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
pub mod nearest;
pub mod plan;
pub mod proof;
pub mod pull;
pub mod push;
pub mod recorded;
pub mod run;
pub mod rust_step;
pub mod sql;
pub mod squash;
pub mod stamp;
pub mod startup;
pub mod status;
pub mod test_migrations;

/// Makes a function the Rust step of a revision: [`rust_step`].
pub use rust_step::MigrationTx;
pub use schema_derive::migration;
pub use schema_ops::{Error, ErrorKind, Next, Result, shell_word};
pub use startup::{Embedded, Migrator, Policy, current, test_db, test_db_of_models, test_db_with};

/// Makes migration files part of the program, read at compile time from a folder beside its `Cargo.toml`.
///
/// `embed_migrations! { App, "migrations" }` stands beside the `schema!` of `App` and implements
/// [`Embedded`] for it, as [`Migrator::embedded`] and [`test_db`] need it; Rust steps that the files name
/// stand behind the folder, `steps: [rekey]`. `embed_migrations!("migrations")`
/// gives the files alone, for [`Migrator::new`].
///
/// The package needs a build script, since cargo does not see by itself that a file is new; one that is
/// missing is an error:
///
/// ```
/// println!("cargo::rerun-if-changed=migrations");
/// ```
///
/// A name that is no revision, a header that says another, a missing marker and an unknown parent are
/// errors with file and line.
pub use schema_derive::embed_migrations;
