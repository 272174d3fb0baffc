mod book;
pub mod calibre;
mod progress_log;
mod reading_session;
mod streak;

pub use book::{Book, BookColumns, BookRepository, BookUpdate, NewBook};
pub use progress_log::ReadingSessionHasProgressLogs;
pub use progress_log::{NewProgressLog, ProgressLog, ProgressLogColumns, ProgressLogRepository};
pub use reading_session::{
    BookHasReadingSessions, NewReadingSession, ReadingSession, ReadingSessionColumns,
    ReadingSessionRepository, ReadingSessionUpdate, ReadingStatus,
};
pub use streak::{NewStreak, Streak, StreakColumns, StreakRepository, StreakUpdate};

schema_core::schema! {
    /// What Tome keeps: your books, sessions, progress and streaks.
    pub Tome { Book, ReadingSession, ProgressLog, Streak }
}

// The program carries its migrations: `Migrator::<Tome>::embedded()`, `test_db::<Tome>()`.
schema_migrate::embed_migrations! { Tome, "migrations" }
