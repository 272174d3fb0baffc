//! The models straight into a development database, without a migration.
//!
//! A push compares the database with the models, and drops only what is known to be ours: what applied
//! migrations build, and what an earlier push has made, which is written down in the table
//! `_schema_pushed`. What nobody wrote down is kept and named. The history has no row of a push: the files
//! know nothing of it, and a migration that is written later is recorded by `db-migrate` where the database
//! is already what it builds.

mod ledger;
mod owned;
mod reached;
mod standing;
mod work;

pub use ledger::{TABLE, pushed};
pub(crate) use reached::{reached, record};
pub use standing::{Before, before};
pub use work::{PushRequest, check, push};
