//! Applications on SQLite, each as its models and the queries that it cannot do without:
//!
//! * [`anibridge`] bridges a torrent client and the sites that it downloads from,
//! * [`duplistatus`] watches the backups of servers,
//! * [`tablettracker`] counts tablets on their way from the purchase order to the bag,
//! * [`velist`] is a list of tasks.
//!
//! The queries live in repositories, `impl BackupRepository<'_, Duplistatus>`. The tests ask each of them and the
//! same question in plain SQL on filled databases, and compare every cell. One application more has a crate of its
//! own, with its migrations: `tome`.

pub mod anibridge;
pub mod duplistatus;
pub mod tablettracker;
pub mod velist;
