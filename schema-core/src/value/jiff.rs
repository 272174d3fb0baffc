//! Feature `jiff`: its timestamps, dates and times, stored as those of `time` are.

use jiff::{Timestamp, civil};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use super::{
    AsInstant, Binder, CellError, Instant, Plainly, Row, SqlType, Storage, ValueError,
    number::plain,
    time::{
        carried, now, read_date, read_instant, read_local, read_time, write_date, write_instant, write_local,
        write_time,
    },
};

carried! {
    Timestamp, "Timestamp": OffsetDateTime, read_instant, write_instant, to_instant, of_instant;
    civil::DateTime, "civil::DateTime": PrimitiveDateTime, read_local, write_local, to_local, of_local;
    civil::Date, "civil::Date": Date, read_date, write_date, to_date, of_date;
    civil::Time, "civil::Time": Time, read_time, write_time, to_time, of_time;
}

fn refused(reason: impl std::fmt::Display) -> ValueError {
    ValueError::new(reason.to_string())
}

fn to_date(value: civil::Date) -> Result<Date, ValueError> {
    let year = i32::from(value.year());
    let day = u16::try_from(value.day_of_year()).map_err(refused)?;
    Date::from_ordinal_date(year, day).map_err(refused)
}

fn of_date(date: Date) -> Option<civil::Date> {
    let (month, day) = (u8::from(date.month()).try_into().ok()?, date.day().try_into().ok()?);
    civil::Date::new(date.year().try_into().ok()?, month, day).ok()
}

fn to_time(value: civil::Time) -> Result<Time, ValueError> {
    let part = |part: i8| u8::try_from(part).map_err(refused);
    let below = u32::try_from(value.subsec_nanosecond()).map_err(refused)?;
    Time::from_hms_nano(part(value.hour())?, part(value.minute())?, part(value.second())?, below)
        .map_err(refused)
}

fn of_time(time: Time) -> Option<civil::Time> {
    let part = |part: u8| i8::try_from(part).ok();
    let below = time.nanosecond().try_into().ok()?;
    civil::Time::new(part(time.hour())?, part(time.minute())?, part(time.second())?, below).ok()
}

fn to_local(value: civil::DateTime) -> Result<PrimitiveDateTime, ValueError> {
    Ok(PrimitiveDateTime::new(to_date(value.date())?, to_time(value.time())?))
}

fn of_local(value: PrimitiveDateTime) -> Option<civil::DateTime> {
    Some(of_date(value.date())?.to_datetime(of_time(value.time())?))
}

fn to_instant(value: Timestamp) -> Result<OffsetDateTime, ValueError> {
    OffsetDateTime::from_unix_timestamp_nanos(value.as_nanosecond()).map_err(refused)
}

fn of_instant(value: OffsetDateTime) -> Option<Timestamp> {
    Timestamp::from_nanosecond(value.unix_timestamp_nanos()).ok()
}

#[diagnostic::do_not_recommend]
impl AsInstant for Timestamp {
    const NAME: &'static str = "Timestamp";
    fn to_instant(&self) -> Result<OffsetDateTime, ValueError> {
        to_instant(*self)
    }
    fn of_instant(instant: OffsetDateTime) -> Option<Self> {
        of_instant(instant)
    }
}

#[diagnostic::do_not_recommend]
impl Instant for Timestamp {
    fn now() -> Self {
        of_instant(now()).unwrap_or_default()
    }
}

#[diagnostic::do_not_recommend]
impl Instant for civil::DateTime {
    fn now() -> Self {
        let now = now();
        of_local(PrimitiveDateTime::new(now.date(), now.time())).unwrap_or_default()
    }
}
