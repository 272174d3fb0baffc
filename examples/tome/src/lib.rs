//! Tome, a reading tracker: books cached from a Calibre library, reading sessions, an append-only log
//! of progress, and streaks.
//!
//! * `models` says what the tables are; `migrations/` was generated from it.
//! * `repositories` holds the application's own methods.
//! * [`seed`] fills a database for development: `cargo xtask db-seed`.
//! * [`sample`] makes an old, filled database for the demonstration and the tests.

mod models;
mod repositories;
pub mod sample;
mod seed;

pub use models::{
    Book, BookColumns, BookHasReadingSessions, BookRepository, BookUpdate, NewBook, NewProgressLog,
    NewReadingSession, NewStreak, ProgressLog, ProgressLogColumns, ProgressLogRepository, ReadingSession,
    ReadingSessionColumns, ReadingSessionHasProgressLogs, ReadingSessionRepository, ReadingSessionUpdate,
    ReadingStatus, Streak, StreakColumns, StreakRepository, StreakUpdate, Tome, calibre,
};
pub use repositories::{
    CalibreBook, LibraryBook, LibraryFilter, LibrarySort, MonthOfReading, SubjectCount, Synced, books_of,
};
pub use seed::seed;
