//! Watches the backups of servers.

mod models;
mod queries;

pub use models::*;
pub use queries::{DayOfBackups, LatestBackup, ServerSummary, Statistics};
