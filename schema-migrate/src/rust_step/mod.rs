//! Rust functions that belong to a revision: what SQL cannot compute.
//!
//! ```
//! use schema_migrate::{MigrationTx, Result, migration};
//!
//! #[migration("20251127143055_slugs")]
//! fn slugs(tx: &MigrationTx<'_>) -> Result<()> {
//!     tx.batches("books").columns(["id", "title"]).each(
//!         |row| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?)),
//!         |books| {
//!             for (id, title) in books {
//!                 tx.execute("UPDATE books SET slug = ?2 WHERE id = ?1", (id, title.to_lowercase()))?;
//!             }
//!             Ok(())
//!         },
//!     )?;
//!     Ok(())
//! }
//! ```
//!
//! The file of the revision names it (`-- rust: slugs`), and the program registers it:
//! `Cli::new().schema::<App>().step(slugs)`, `Target::new(..).steps([slugs])`.

mod batches;
mod registered;
mod run;
mod step;
mod transaction;

pub use batches::Batches;
pub(crate) use registered::check;
pub use registered::{find, misfit, registering};
pub use run::panic_message;
pub(crate) use run::run;
pub use step::{Direction, RustStep};
pub use transaction::MigrationTx;
