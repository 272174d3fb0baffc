//! Instants as numbers since 1970.

use std::{convert::Infallible, marker::PhantomData};

use time::OffsetDateTime;

use super::{
    Binder, Cell, CellError, Instant, Newtype, Number, Plainly, Row, SqlType, Storage, ValueError,
    time::in_utc,
};
use crate::model::TimeStorage;

/// A type that `#[column(stored = "unix")]` and `"unix_ms"` store as a number.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not stored as a number since 1970",
    label = "no instant with a zone",
    note = "`stored` is \"unix\" or \"unix_ms\" on an `OffsetDateTime`, chrono's `DateTime<Utc>` or jiff's `Timestamp`"
)]
pub trait AsInstant: SqlType<Rust = Self> + Clone {
    #[doc(hidden)]
    const NAME: &'static str;
    #[doc(hidden)]
    fn to_instant(&self) -> Result<OffsetDateTime, ValueError>;
    #[doc(hidden)]
    fn of_instant(instant: OffsetDateTime) -> Option<Self>;
}

#[diagnostic::do_not_recommend]
impl AsInstant for OffsetDateTime {
    const NAME: &'static str = "OffsetDateTime";
    fn to_instant(&self) -> Result<Self, ValueError> {
        in_utc(self)
    }
    fn of_instant(instant: Self) -> Option<Self> {
        Some(instant)
    }
}

#[diagnostic::do_not_recommend]
impl<T: Newtype<Inner: AsInstant> + SqlType<Rust = T> + Clone> AsInstant for T {
    const NAME: &'static str = T::Inner::NAME;
    fn to_instant(&self) -> Result<OffsetDateTime, ValueError> {
        self.inner().to_instant()
    }
    fn of_instant(instant: OffsetDateTime) -> Option<Self> {
        T::Inner::of_instant(instant).map(T::wrap)
    }
}

macro_rules! unix {
    ($(#[$doc:meta])* $marker:ident, $time:ident, $read:expr, $write:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $marker<T = OffsetDateTime>(PhantomData<fn() -> T>, Infallible);

        impl<T> $marker<T> {
            fn number(instant: OffsetDateTime) -> i64 {
                let write: fn(OffsetDateTime) -> i64 = $write;
                write(instant)
            }

            fn instant(number: i64) -> Result<OffsetDateTime, time::error::ComponentRange> {
                let read: fn(i64) -> Result<OffsetDateTime, time::error::ComponentRange> = $read;
                read(number)
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: AsInstant> SqlType for $marker<T> {
            type Base = Self;
            type Opt = Option<Self>;
            type Like<U: SqlType> = U;
            type Rust = T;
            const STORAGE: Storage = Storage::Integer;
            const TIME: Option<TimeStorage> = Some(TimeStorage::$time);

            fn stored(value: T) -> T {
                let number = value.to_instant().ok().map(Self::number);
                number.and_then(|number| T::of_instant(Self::instant(number).ok()?)).unwrap_or(value)
            }

            fn read(row: Row<'_>, at: usize) -> Result<T, CellError> {
                let cell = row.cell(at);
                let Cell::Integer(number) = cell else {
                    return Err(CellError::new(cell, T::NAME).at(at));
                };
                let instant = Self::instant(number)
                    .map_err(|reason| CellError::new(cell, T::NAME).because(reason).at(at))?;
                T::of_instant(instant).ok_or_else(|| {
                    CellError::new(cell, T::NAME).because("outside of what the type can hold").at(at)
                })
            }

            fn bind<'v>(value: &'v T, to: &mut Binder<'_, 'v>) -> Result<(), ValueError> {
                to.integer(Self::number(value.to_instant()?));
                Ok(())
            }

            fn from_json(json: serde_json::Value) -> Result<T, CellError> {
                match json {
                    text @ serde_json::Value::String(_) => T::from_json(text),
                    json => {
                        let value = json.as_i64().map_or(super::Value::Null, super::Value::Integer);
                        Self::read(Row::Values(&[value]), 0)
                    }
                }
            }
        }
        #[diagnostic::do_not_recommend]
        impl<T: AsInstant> Plainly for $marker<T> {}
        #[diagnostic::do_not_recommend]
        impl<T: AsInstant> Number for $marker<T> {
            type Sum = i64;
        }
        #[diagnostic::do_not_recommend]
        impl<T: AsInstant + Instant> Instant for $marker<T> {
            fn now() -> T {
                <T as Instant>::now()
            }
        }
    };
}

unix!(
    /// An instant stored as whole seconds since 1970: `#[column(stored = "unix")]`.
    Unix,
    Unix,
    OffsetDateTime::from_unix_timestamp,
    OffsetDateTime::unix_timestamp
);
unix!(
    /// An instant stored as milliseconds since 1970: `#[column(stored = "unix_ms")]`.
    UnixMilliseconds,
    UnixMilliseconds,
    |value| OffsetDateTime::from_unix_timestamp_nanos(i128::from(value) * 1_000_000),
    // Every OffsetDateTime is within 300,000 years of 1970, so the division fits.
    |value| i64::try_from(value.unix_timestamp_nanos().div_euclid(1_000_000)).unwrap_or(i64::MAX)
);
