//! Applications on SQLite, each as its models and the queries that it cannot do without:
//!
//! * [`duplistatus`] watches the backups of servers.
//!
//! The queries live in repositories, `impl BackupRepository<'_, Duplistatus>`. The tests ask each of them and the
//! same question in plain SQL on filled databases, and compare every cell. One application more has a crate of its
//! own, with its migrations: `tome`.

pub mod duplistatus;
