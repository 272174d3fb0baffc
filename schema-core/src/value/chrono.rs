//! Feature `chrono`: its dates and times, stored as those of `time` are.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::{
    AsInstant, Binder, CellError, Instant, Plainly, Row, SqlType, Storage, ValueError,
    number::plain,
    time::{
        carried, four_digits, now, read_date, read_instant, read_local, read_time, write_date, write_instant,
        write_local, write_time,
    },
};

carried! {
    DateTime<Utc>, "DateTime<Utc>": OffsetDateTime, read_instant, write_instant, to_instant, of_instant;
    NaiveDateTime, "NaiveDateTime": PrimitiveDateTime, read_local, write_local, to_local, of_local;
    NaiveDate, "NaiveDate": Date, read_date, write_date, to_date, of_date;
    NaiveTime, "NaiveTime": Time, read_time, write_time, to_time, of_time;
}

fn to_date(value: NaiveDate) -> Result<Date, ValueError> {
    four_digits(value.year())?;
    let day = u16::try_from(value.ordinal()).unwrap_or(0);
    Date::from_ordinal_date(value.year(), day).map_err(|reason| ValueError::new(reason.to_string()))
}

fn of_date(date: Date) -> Option<NaiveDate> {
    NaiveDate::from_yo_opt(date.year(), date.ordinal().into())
}

fn to_time(value: NaiveTime) -> Result<Time, ValueError> {
    let part = |part: u32| u8::try_from(part).unwrap_or(u8::MAX);
    Time::from_hms_nano(part(value.hour()), part(value.minute()), part(value.second()), value.nanosecond())
        .map_err(|_| {
            ValueError::new(format!("{value} is a leap second, which SQLite's times of day do not have"))
        })
}

fn of_time(time: Time) -> Option<NaiveTime> {
    NaiveTime::from_hms_nano_opt(
        time.hour().into(),
        time.minute().into(),
        time.second().into(),
        time.nanosecond(),
    )
}

fn to_local(value: NaiveDateTime) -> Result<PrimitiveDateTime, ValueError> {
    Ok(PrimitiveDateTime::new(to_date(value.date())?, to_time(value.time())?))
}

fn of_local(value: PrimitiveDateTime) -> Option<NaiveDateTime> {
    Some(of_date(value.date())?.and_time(of_time(value.time())?))
}

fn to_instant(value: DateTime<Utc>) -> Result<OffsetDateTime, ValueError> {
    to_local(value.naive_utc()).map(PrimitiveDateTime::assume_utc)
}

/// An instant in UTC.
fn of_instant(value: OffsetDateTime) -> Option<DateTime<Utc>> {
    of_local(PrimitiveDateTime::new(value.date(), value.time())).map(|value| value.and_utc())
}

#[diagnostic::do_not_recommend]
impl AsInstant for DateTime<Utc> {
    const NAME: &'static str = "DateTime<Utc>";
    fn to_instant(&self) -> Result<OffsetDateTime, ValueError> {
        to_instant(*self)
    }
    fn of_instant(instant: OffsetDateTime) -> Option<Self> {
        of_instant(instant)
    }
}

#[diagnostic::do_not_recommend]
impl Instant for DateTime<Utc> {
    fn now() -> Self {
        of_instant(now()).unwrap_or_default()
    }
}

#[diagnostic::do_not_recommend]
impl Instant for NaiveDateTime {
    fn now() -> Self {
        <DateTime<Utc> as Instant>::now().naive_utc()
    }
}
