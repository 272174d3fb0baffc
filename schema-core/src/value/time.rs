//! Instants, dates and times of day.
//!
//! Instants are UTC text `YYYY-MM-DD HH:MM:SS.ffffff`, always of six digits, so that they sort as
//! text, also beside what `CURRENT_TIMESTAMP` writes (`YYYY-MM-DD HH:MM:SS`, a prefix of it).

use time::{
    Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

use crate::model::TimeStorage;

use super::{Binder, CellError, Plainly, Row, SqlType, Storage, ValueError, number::plain};

type Format = &'static [BorrowedFormatItem<'static>];

const DATE: Format = format_description!("[year]-[month]-[day]");
const INSTANT: Format =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]");
const TIME: Format = format_description!("[hour]:[minute]:[second].[subsecond digits:6]");
const READ_INSTANT: Format = format_description!(
    "[year]-[month]-[day][first [ ] [T]][hour]:[minute][optional [:[second][optional [.[subsecond]]]]][optional [Z]]"
);
const READ_TIME: Format =
    format_description!("[hour]:[minute][optional [:[second][optional [.[subsecond]]]]]");

/// The current instant, cut to the microseconds that are stored, so that what was inserted equals
/// what is read back.
pub(crate) fn now() -> OffsetDateTime {
    OffsetDateTime::stored(OffsetDateTime::now_utc())
}

fn written(text: Result<String, time::error::Format>, to: &mut Binder<'_, '_>) -> Result<(), ValueError> {
    to.text_copied(&text.map_err(|reason| ValueError::new(reason.to_string()))?);
    Ok(())
}

/// An instant in UTC, unless it leaves the years that the type has.
pub(super) fn in_utc(value: &OffsetDateTime) -> Result<OffsetDateTime, ValueError> {
    value
        .checked_to_offset(UtcOffset::UTC)
        .ok_or_else(|| ValueError::new(format!("{value} has no year of four digits in UTC")))
}

/// Years outside 0 to 9999 have no four digits, and text would no longer sort.
pub(super) fn four_digits(year: i32) -> Result<(), ValueError> {
    if (0..=9999).contains(&year) {
        return Ok(());
    }
    Err(ValueError::new(format!("the year {year} is outside 0000 to 9999, where dates sort as text")))
}

fn read_text<T>(
    row: Row<'_>,
    at: usize,
    wanted: &'static str,
    parse: impl FnOnce(&str) -> Result<T, time::error::Parse>,
) -> Result<T, CellError> {
    let cell = row.cell(at);
    let text = cell.as_str(wanted).map_err(|error| error.at(at))?;
    parse(text).map_err(|reason| CellError::new(cell, wanted).because(reason).at(at))
}

/// Nothing below a microsecond is stored.
fn whole_microseconds<T>(cut: Result<T, time::error::ComponentRange>, value: T) -> T {
    cut.unwrap_or(value)
}

/// The cell as an instant; `wanted` is the name of the type for an error.
pub(super) fn read_instant(
    row: Row<'_>,
    at: usize,
    wanted: &'static str,
) -> Result<OffsetDateTime, CellError> {
    read_text(row, at, wanted, |text| {
        PrimitiveDateTime::parse(text, READ_INSTANT).map(PrimitiveDateTime::assume_utc).or_else(|reason| {
            let text = text.replacen(' ', "T", 1);
            let at = OffsetDateTime::parse(&text, &Rfc3339).map_err(|_| reason)?;
            at.checked_to_offset(UtcOffset::UTC).ok_or(reason)
        })
    })
}

/// The cell as an instant of no zone.
pub(super) fn read_local(
    row: Row<'_>,
    at: usize,
    wanted: &'static str,
) -> Result<PrimitiveDateTime, CellError> {
    read_text(row, at, wanted, |text| PrimitiveDateTime::parse(text, READ_INSTANT))
}

/// The cell as a date.
pub(super) fn read_date(row: Row<'_>, at: usize, wanted: &'static str) -> Result<Date, CellError> {
    read_text(row, at, wanted, |text| Date::parse(text, DATE))
}

/// The cell as a time of day.
pub(super) fn read_time(row: Row<'_>, at: usize, wanted: &'static str) -> Result<Time, CellError> {
    read_text(row, at, wanted, |text| Time::parse(text, READ_TIME))
}

/// Binds an instant.
pub(super) fn write_instant(value: OffsetDateTime, to: &mut Binder<'_, '_>) -> Result<(), ValueError> {
    let value = in_utc(&value)?;
    four_digits(value.year())?;
    written(value.format(INSTANT), to)
}

/// Binds an instant of no zone.
pub(super) fn write_local(value: PrimitiveDateTime, to: &mut Binder<'_, '_>) -> Result<(), ValueError> {
    four_digits(value.year())?;
    written(value.format(INSTANT), to)
}

/// Binds a date.
pub(super) fn write_date(value: Date, to: &mut Binder<'_, '_>) -> Result<(), ValueError> {
    four_digits(value.year())?;
    written(value.format(DATE), to)
}

/// Binds a time of day.
pub(super) fn write_time(value: Time, to: &mut Binder<'_, '_>) -> Result<(), ValueError> {
    written(value.format(TIME), to)
}

macro_rules! times {
    ($($type:ident, $time:expr, $read:ident, $write:ident, $stored:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl SqlType for $type {
            plain!($type, Text);
            const TIME: Option<TimeStorage> = $time;

            fn stored(value: Self) -> Self {
                let stored: fn(Self) -> Self = $stored;
                stored(value)
            }

            fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
                $read(row, at, stringify!($type))
            }

            fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                $write(*value, to)
            }
        }
        #[diagnostic::do_not_recommend]
        impl Plainly for $type {}
    )*};
}
times! {
    OffsetDateTime, Some(TimeStorage::Text), read_instant, write_instant, |value| {
        let value = value.checked_to_offset(UtcOffset::UTC).unwrap_or(value);
        whole_microseconds(value.replace_nanosecond(value.microsecond() * 1_000), value)
    };
    PrimitiveDateTime, Some(TimeStorage::Text), read_local, write_local,
        |value| whole_microseconds(value.replace_nanosecond(value.microsecond() * 1_000), value);
    Date, Some(TimeStorage::Date), read_date, write_date, |value| value;
    Time, None, read_time, write_time,
        |value| whole_microseconds(value.replace_nanosecond(value.microsecond() * 1_000), value);
}

/// Column types of another crate of times, which are stored as the type of `time` that they are carried by: the same
/// text, so that SQLite's functions read them and columns of both compare.
#[cfg(any(feature = "chrono", feature = "jiff"))]
macro_rules! carried {
    ($($type:ty, $name:literal: $carrier:ty, $read:path, $write:path, $to:path, $from:path;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl SqlType for $type {
            plain!($type, Text);
            const TIME: Option<crate::model::TimeStorage> = <$carrier as SqlType>::TIME;

            fn stored(value: Self) -> Self {
                let stored = $to(value).ok().map(<$carrier as SqlType>::stored).and_then($from);
                stored.unwrap_or(value)
            }

            fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
                let found = $read(row, at, $name)?;
                $from(found).ok_or_else(|| {
                    CellError::new(row.cell(at), $name).because("outside of what the type can hold").at(at)
                })
            }

            fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                $write($to(*value)?, to)
            }
        }
        #[diagnostic::do_not_recommend]
        impl Plainly for $type {}
    )*};
}
#[cfg(any(feature = "chrono", feature = "jiff"))]
pub(super) use carried;

/// A type that holds an instant: `created_at`, `updated_at`, `soft_delete` and `default = now` need one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no instant",
    label = "not an instant",
    note = "use `OffsetDateTime` or `PrimitiveDateTime`, chrono's `DateTime<Utc>` or jiff's `Timestamp`, with `#[column(stored = \"unix\")]` for an integer"
)]
pub trait Instant: SqlType {
    #[doc(hidden)]
    fn now() -> Self::Rust;
}

#[diagnostic::do_not_recommend]
impl Instant for OffsetDateTime {
    fn now() -> Self {
        now()
    }
}
#[diagnostic::do_not_recommend]
impl Instant for PrimitiveDateTime {
    fn now() -> Self {
        let now = now();
        Self::new(now.date(), now.time())
    }
}
#[diagnostic::do_not_recommend]
impl<T: Instant + Plainly> Instant for Option<T> {
    fn now() -> Option<T::Rust> {
        Some(T::now())
    }
}

/// The current instant as a column of type `T` stores it.
#[doc(hidden)]
pub fn fill_now<T: Instant>() -> Result<super::Value, ValueError> {
    T::to_value(&T::now())
}
