//! Runs migrations on a database: lock, preflight, backup, one transaction a revision, verify.

mod apply;
mod ask;
mod backup;
mod carry;
mod copied;
mod foreign_keys;
mod left_behind;
mod lock;
mod meter;
mod migrate;
mod observer;
mod offending;
mod open;
mod preflight;
mod probe;
mod renames;
mod rollback;
mod settings;
mod target;
mod trace;

pub(crate) use apply::{Work, apply};
pub(crate) use ask::ask_all;
pub use ask::{Asked, ask};
pub use backup::BackupCopy;
pub(crate) use foreign_keys::Violations;
pub use lock::Lock;
pub(crate) use meter::Clock;
pub use meter::Meter;
pub(crate) use migrate::take_backup;
pub use migrate::{AppliedRevision, MigrateOptions, Report, migrate, pending};
pub use observer::{Event, Observer, Silent};
pub(crate) use open::{check_writable, explain};
pub use open::{open, open_read_only};
pub(crate) use preflight::{database as check_database, integrity};
pub use rollback::{RollbackOptions, Steps, reversible, rollback};
pub use target::Target;
