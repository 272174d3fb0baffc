use schema_core::Result;
use time::{Date, Duration};

use crate::models::{NewStreak, Streak, StreakRepository, Tome};

impl StreakRepository<'_, Tome> {
    /// The streak of a reader; `None` is the one reader of an installation without accounts.
    pub fn of_user(&self, user_id: Option<i64>) -> Result<Option<Streak>> {
        Streak::query()
            .filter(|s| match user_id {
                Some(user) => s.user_id.eq(user),
                None => s.user_id.is_null(),
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

    /// Days in a row as of a day: none once a day was missed.
    pub fn current(&self, user_id: Option<i64>, today: Date) -> Result<i64> {
        let alive =
            |streak: &Streak| streak.last_activity_date.is_some_and(|last| today - last <= Duration::DAY);
        Ok(self.of_user(user_id)?.filter(alive).map_or(0, |streak| streak.current_streak))
    }
}
