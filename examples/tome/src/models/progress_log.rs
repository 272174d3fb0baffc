use schema_core::Table;
use time::OffsetDateTime;

use super::ReadingSession;

/// Progress within a session: written once, never changed. Entries may be backdated.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(append_only)]
#[table(index(session_id, read_at desc))]
pub struct ProgressLog {
    /// Counted by the database.
    #[column(primary_key)]
    pub id: i64,
    /// The session that the progress was made in.
    #[column(references = ReadingSession, on_delete = restrict)]
    pub session_id: i64,
    /// The page that was reached.
    #[column(check = "current_page >= 0")]
    pub current_page: Option<i64>,
    /// The part of the book that was reached, in percent.
    #[column(check = "percentage BETWEEN 0 AND 100")]
    pub percentage: f64,
    /// Pages since the entry before.
    #[column(default = 0)]
    pub pages_read: i64,
    /// When it was read.
    #[column(default = now)]
    pub read_at: OffsetDateTime,
    /// What the reader noted.
    pub notes: Option<String>,
}
