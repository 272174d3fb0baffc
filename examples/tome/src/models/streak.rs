use schema_core::Table;
use time::{Date, OffsetDateTime};

/// Consecutive days of reading.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(index(name = "streaks_one_a_user", expr = "coalesce(user_id, -1)", unique))]
pub struct Streak {
    /// Counted by the database.
    #[column(primary_key)]
    pub id: i64,
    /// The reader; none where Tome serves one person.
    pub user_id: Option<i64>,
    /// Days in a row up to `last_activity_date`.
    #[column(default = 0)]
    pub current_streak: i64,
    /// The longest row of days ever.
    #[column(default = 0)]
    pub longest_streak: i64,
    /// The last day with progress.
    pub last_activity_date: Option<Date>,
    /// Days with progress in all.
    #[column(default = 0)]
    pub total_days_active: i64,
    /// Pages that make a day count.
    #[column(default = 1, check = "daily_goal_pages > 0")]
    pub daily_goal_pages: i64,
    /// When the streak was last counted.
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
}
