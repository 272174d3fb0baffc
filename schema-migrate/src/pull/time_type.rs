//! Declared types that speak of time, and the Rust types that read them.

use schema_core::value::{Row, SqlType, Value};
use time::{Date, OffsetDateTime, Time};

/// A type of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeType {
    Instant,
    Date,
    Time,
}

impl TimeType {
    /// What a declaration speaks of.
    pub(super) fn of(declared: &str) -> Option<Self> {
        let upper = declared.to_ascii_uppercase();
        match upper.split(['(', ' ']).next()? {
            "DATETIME" | "TIMESTAMP" | "TIMESTAMPTZ" => Some(Self::Instant),
            "DATE" => Some(Self::Date),
            "TIME" => Some(Self::Time),
            _ => None,
        }
    }

    /// A number for it, for SQL.
    pub(super) fn code(self) -> i64 {
        match self {
            Self::Instant => 0,
            Self::Date => 1,
            Self::Time => 2,
        }
    }

    /// The type of a number.
    pub(super) fn of_code(code: i64) -> Self {
        match code {
            1 => Self::Date,
            2 => Self::Time,
            _ => Self::Instant,
        }
    }

    /// Whether a model would read this value.
    pub(super) fn reads(self, value: &Value) -> bool {
        let values = [value.clone()];
        let row = Row::Values(&values);
        match self {
            Self::Instant => OffsetDateTime::read(row, 0).is_ok(),
            Self::Date => Date::read(row, 0).is_ok(),
            Self::Time => Time::read(row, 0).is_ok(),
        }
    }
}
