use schema_core::{Db, Result};
use time::Date;

use crate::models::{NewReadingSession, ReadingSession, ReadingSessionRepository, ReadingStatus, Tome};

impl ReadingSessionRepository<'_, Tome> {
    /// The session of a book that is not archived.
    pub fn active(&self, book_id: i64) -> Result<Option<ReadingSession>> {
        ReadingSession::query().filter(|s| s.book_id.eq(book_id).and(s.is_archived.eq(false))).optional(self)
    }

    /// Every session of a book, the latest first.
    pub fn of_book(&self, book_id: i64) -> Result<Vec<ReadingSession>> {
        ReadingSession::query().filter(|s| s.book_id.eq(book_id)).order_by(|s| s.id.desc()).all(self)
    }

    /// Begins to read a book: earlier sessions of it are archived, in the same transaction.
    pub fn start(db: &Db<Tome>, book_id: i64, on: Date) -> Result<ReadingSession> {
        db.transaction(|tx| {
            let sessions = ReadingSessionRepository::new(tx);
            if let Some(earlier) = sessions.active(book_id)? {
                sessions.update(earlier.id, |s| s.is_archived.set(true))?;
            }
            sessions.insert(
                NewReadingSession { book_id }
                    .with(|s| (s.status.set(ReadingStatus::Reading), s.started_date.set(on))),
            )
        })
    }

    /// Finishes the active session of a book.
    pub fn finish(&self, session_id: i64, on: Date, rating: Option<i64>) -> Result<()> {
        self.update(session_id, |s| {
            (s.status.set(ReadingStatus::Read), s.completed_date.set(on), s.rating.set(rating))
        })
    }
}
