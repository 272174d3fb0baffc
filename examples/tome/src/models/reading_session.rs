use schema_core::{SqlEnum, Table};
use time::{Date, OffsetDateTime};

use super::Book;

/// Where a reader stands with a book.
#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq, Default)]
#[sql_enum(rename_all = "kebab-case")]
pub enum ReadingStatus {
    /// On the pile.
    #[default]
    ToRead,
    /// Next from the pile.
    ReadNext,
    /// Being read.
    Reading,
    /// Finished.
    #[sql_enum(renamed_from = "finished")]
    Read,
}

/// One read-through of a book.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(index(name = "reading_sessions_one_active", book_id, unique, where = "is_archived = 0"))]
#[table(index(status, completed_date desc))]
#[table(check(
    completed_after_start = "completed_date IS NULL OR started_date IS NULL OR completed_date >= started_date"
))]
pub struct ReadingSession {
    /// Counted by the database; an id is never used twice.
    #[column(primary_key, autoincrement)]
    pub id: i64,
    /// The book that is read.
    #[column(references = Book, on_delete = cascade, index)]
    pub book_id: i64,
    /// The reader; none where Tome serves one person.
    pub user_id: Option<i64>,
    /// Where the reader stands.
    #[column(default = ReadingStatus::ToRead)]
    pub status: ReadingStatus,
    /// Stars.
    #[column(check = "rating BETWEEN 0 AND 5")]
    pub rating: Option<i64>,
    /// What the reader thinks of it.
    pub review: Option<String>,
    /// First day.
    pub started_date: Option<Date>,
    /// Last day.
    pub completed_date: Option<Date>,
    /// Whether a later session has taken its place.
    #[column(default = false)]
    pub is_archived: bool,
    /// When the session was made.
    #[column(created_at)]
    pub created_at: OffsetDateTime,
    /// When the session was last changed.
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
}
