use schema_core::{
    Result, Row,
    expr::{count, days, max, row_number, sum},
};
use time::{Date, Duration};

use crate::models::{NewStreak, ProgressLog, ReadingSession, Streak, StreakRepository, Tome};

/// A day on which the reader has read as much as they want to.
#[derive(Row, Clone, Debug)]
struct Day {
    day: Date,
}

/// The same day, and one that is the same for all days in a row.
#[derive(Row, Clone, Debug)]
struct DayInARow {
    day: Date,
    begun: Date,
}

impl StreakRepository<'_, Tome> {
    /// The streak of a reader; `None` is the one reader of an installation without accounts.
    pub fn of_user(&self, user_id: Option<i64>) -> Result<Option<Streak>> {
        Streak::query()
            .filter(|s| match user_id {
                Some(user) => s.user_id.eq(user),
                None => s.user_id.is_null().nullable(),
            })
            .optional(self)
    }

    /// Counts a day with progress: the day after the last one goes on, a later one begins anew, the same
    /// or an earlier one changes nothing. Run it in a transaction.
    pub fn record(&self, user_id: Option<i64>, day: Date) -> Result<Streak> {
        let streak = match self.of_user(user_id)? {
            Some(streak) => streak,
            None => self.insert(NewStreak {}.with(|s| s.user_id.set(user_id)))?,
        };
        let current = match streak.last_activity_date {
            Some(last) if day <= last => return Ok(streak),
            Some(last) if day - last == Duration::DAY => streak.current_streak + 1,
            _ => 1,
        };
        self.save(&Streak {
            current_streak: current,
            longest_streak: streak.longest_streak.max(current),
            last_activity_date: Some(day),
            total_days_active: streak.total_days_active + 1,
            ..streak
        })
    }

    /// Counts anew from the log: what was backdated counts too, and days on which fewer pages were read than the
    /// reader's daily goal do not. Run it in a transaction.
    pub fn recount(&self, user_id: Option<i64>) -> Result<Streak> {
        let streak = match self.of_user(user_id)? {
            Some(streak) => streak,
            None => self.insert(NewStreak {}.with(|s| s.user_id.set(user_id)))?,
        };
        let rows = ProgressLog::query()
            .join::<ReadingSession>(|p, s| s.id.eq(p.session_id))
            .filter(|(_, s)| match user_id {
                Some(user) => s.user_id.eq(user),
                None => s.user_id.is_null().nullable(),
            })
            .group_by(|(p, _)| p.read_at.date())
            .having(|_, (p, _)| sum(p.pages_read).ge(streak.daily_goal_pages))
            .select(|day, _| DaySelect { day })
            .as_table()
            // Of days in a row, each less its number is the same day.
            .select(|d| DayInARowSelect {
                day: d.day,
                begun: d.day.minus(days(row_number().over(|w| w.order_by(d.day.asc())))),
            })
            .as_table()
            .group_by(|d| d.begun)
            .order_by(|_, d| max(d.day).desc())
            .select(|_, d| (count(d), max(d.day)))
            .all(self)?;
        self.save(&Streak {
            current_streak: rows.first().map_or(0, |(days, _)| *days),
            longest_streak: rows.iter().map(|(days, _)| *days).max().unwrap_or(0),
            last_activity_date: rows.first().map(|(_, last)| *last),
            total_days_active: rows.iter().map(|(days, _)| days).sum(),
            ..streak
        })
    }

    /// Days in a row as of a day: none once a day was missed.
    pub fn current(&self, user_id: Option<i64>, today: Date) -> Result<i64> {
        let alive =
            |streak: &Streak| streak.last_activity_date.is_some_and(|last| today - last <= Duration::DAY);
        Ok(self.of_user(user_id)?.filter(alive).map_or(0, |streak| streak.current_streak))
    }
}
