use schema_core::Result;
use time::{Date, PrimitiveDateTime, Time};

use crate::models::{NewProgressLog, ProgressLog, ProgressLogRepository, Tome};

impl ProgressLogRepository<'_, Tome> {
    /// Logs the page that was reached. The pages since the entry before follow from it.
    pub fn log_page(&self, session_id: i64, page: i64, of_pages: i64) -> Result<ProgressLog> {
        let before = self.latest(session_id)?.and_then(|log| log.current_page).unwrap_or(0);
        #[allow(clippy::cast_precision_loss, reason = "no book has 2^53 pages")]
        let percentage = (page as f64 * 100.0 / of_pages.max(1) as f64).clamp(0.0, 100.0);
        self.insert(
            NewProgressLog { session_id, percentage }
                .with(|p| (p.current_page.set(page), p.pages_read.set((page - before).max(0)))),
        )
    }

    /// The entry of a session that was read last.
    pub fn latest(&self, session_id: i64) -> Result<Option<ProgressLog>> {
        ProgressLog::query()
            .filter(|p| p.session_id.eq(session_id))
            .order_by(|p| (p.read_at.desc(), p.id.desc()))
            .first(self)
    }

    /// Entries of one day (UTC), in their order.
    pub fn of_day(&self, day: Date) -> Result<Vec<ProgressLog>> {
        let from = PrimitiveDateTime::new(day, Time::MIDNIGHT).assume_utc();
        let to = from + time::Duration::DAY;
        ProgressLog::query()
            .filter(|p| p.read_at.ge(from).and(p.read_at.lt(to)))
            .order_by(|p| (p.read_at.asc(), p.id.asc()))
            .all(self)
    }
}
