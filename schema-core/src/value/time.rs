//! Instants, dates and times of day.
//!
//! Instants are UTC text `YYYY-MM-DD HH:MM:SS.ffffff`, always of six digits, so that they sort as
//! text, also beside what `CURRENT_TIMESTAMP` writes (`YYYY-MM-DD HH:MM:SS`, a prefix of it).

use time::{
    Date, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

use super::{Binder, Cell, CellError, Number, Plainly, Row, SqlType, Storage, ValueError, number::plain};

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
fn in_utc(value: &OffsetDateTime) -> Result<OffsetDateTime, ValueError> {
    value
        .checked_to_offset(UtcOffset::UTC)
        .ok_or_else(|| ValueError::new(format!("{value} has no year of four digits in UTC")))
}

/// Years outside 0 to 9999 have no four digits, and text would no longer sort.
fn four_digits(year: i32) -> Result<(), ValueError> {
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

#[diagnostic::do_not_recommend]
impl SqlType for OffsetDateTime {
    plain!(OffsetDateTime, Text);

    fn stored(value: Self) -> Self {
        let value = value.checked_to_offset(UtcOffset::UTC).unwrap_or(value);
        whole_microseconds(value.replace_nanosecond(value.microsecond() * 1_000), value)
    }

    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        read_text(row, at, "OffsetDateTime", |text| {
            PrimitiveDateTime::parse(text, READ_INSTANT).map(PrimitiveDateTime::assume_utc).or_else(
                |reason| {
                    let text = text.replacen(' ', "T", 1);
                    let at = Self::parse(&text, &Rfc3339).map_err(|_| reason)?;
                    at.checked_to_offset(UtcOffset::UTC).ok_or(reason)
                },
            )
        })
    }

    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        let value = in_utc(value)?;
        four_digits(value.year())?;
        written(value.format(INSTANT), to)
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for OffsetDateTime {}

#[diagnostic::do_not_recommend]
impl SqlType for PrimitiveDateTime {
    plain!(PrimitiveDateTime, Text);

    fn stored(value: Self) -> Self {
        whole_microseconds(value.replace_nanosecond(value.microsecond() * 1_000), value)
    }

    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        read_text(row, at, "PrimitiveDateTime", |text| Self::parse(text, READ_INSTANT))
    }

    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        four_digits(value.year())?;
        written(value.format(INSTANT), to)
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for PrimitiveDateTime {}

#[diagnostic::do_not_recommend]
impl SqlType for Date {
    plain!(Date, Text);

    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        read_text(row, at, "Date", |text| Self::parse(text, DATE))
    }

    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        four_digits(value.year())?;
        written(value.format(DATE), to)
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for Date {}

#[diagnostic::do_not_recommend]
impl SqlType for Time {
    plain!(Time, Text);

    fn stored(value: Self) -> Self {
        whole_microseconds(value.replace_nanosecond(value.microsecond() * 1_000), value)
    }

    fn read(row: Row<'_>, at: usize) -> Result<Self, CellError> {
        read_text(row, at, "Time", |text| Self::parse(text, READ_TIME))
    }

    fn bind<'v>(value: &'v Self, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
        written(value.format(TIME), to)
    }
}
#[diagnostic::do_not_recommend]
impl Plainly for Time {}

macro_rules! unix {
    ($(#[$doc:meta])* $marker:ident, $read:expr, $write:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $marker {}

        #[diagnostic::do_not_recommend]
        impl SqlType for $marker {
            type Base = Self;
            type Opt = Option<Self>;
            type Like<U: SqlType> = U;
            type Rust = OffsetDateTime;
            const STORAGE: Storage = Storage::Integer;

            fn stored(value: OffsetDateTime) -> OffsetDateTime {
                let write: fn(&OffsetDateTime) -> i64 = $write;
                let read: fn(i64) -> Result<OffsetDateTime, time::error::ComponentRange> = $read;
                read(write(&value)).unwrap_or(value)
            }

            fn read(row: Row<'_>, at: usize) -> Result<OffsetDateTime, CellError> {
                let cell = row.cell(at);
                let Cell::Integer(value) = cell else {
                    return Err(CellError::new(cell, "OffsetDateTime").at(at));
                };
                let read: fn(i64) -> Result<OffsetDateTime, time::error::ComponentRange> = $read;
                read(value).map_err(|reason| CellError::new(cell, "OffsetDateTime").because(reason).at(at))
            }

            fn bind<'v>(value: &'v OffsetDateTime, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                let write: fn(&OffsetDateTime) -> i64 = $write;
                to.integer(write(&in_utc(value)?));
                Ok(())
            }

            fn from_json(json: serde_json::Value) -> Result<OffsetDateTime, CellError> {
                match json {
                    text @ serde_json::Value::String(_) => OffsetDateTime::from_json(text),
                    json => {
                        let value = json.as_i64().map_or(super::Value::Null, super::Value::Integer);
                        Self::read(Row::Values(&[value]), 0)
                    }
                }
            }
        }
        #[diagnostic::do_not_recommend]
        impl Plainly for $marker {}
        #[diagnostic::do_not_recommend]
        impl Number for $marker {
            type Sum = i64;
        }
    };
}

unix!(
    /// An `OffsetDateTime` stored as whole seconds since 1970: `#[column(stored = "unix")]`.
    Unix,
    OffsetDateTime::from_unix_timestamp,
    |value| value.unix_timestamp()
);
unix!(
    /// An `OffsetDateTime` stored as milliseconds since 1970: `#[column(stored = "unix_ms")]`.
    UnixMilliseconds,
    |value| OffsetDateTime::from_unix_timestamp_nanos(i128::from(value) * 1_000_000),
    // Every OffsetDateTime is within 300,000 years of 1970, so the division fits.
    |value| i64::try_from(value.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
);

/// A type that holds an instant: `created_at`, `updated_at`, `soft_delete` and `default = now` need one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` holds no instant",
    label = "not an instant",
    note = "use `OffsetDateTime` or `PrimitiveDateTime`, with `#[column(stored = \"unix\")]` for an integer"
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
impl Instant for Unix {
    fn now() -> OffsetDateTime {
        now()
    }
}
#[diagnostic::do_not_recommend]
impl Instant for UnixMilliseconds {
    fn now() -> OffsetDateTime {
        now()
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
