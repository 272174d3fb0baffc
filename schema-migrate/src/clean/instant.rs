use schema_core::model::TimeStorage;
use schema_core::rusqlite::functions::FunctionFlags;
use schema_core::rusqlite::types::{Null, ToSqlOutput, Value as SqliteValue};
use schema_core::rusqlite::{self, Connection};
use schema_core::value::{Row, SqlType, Unix, UnixMilliseconds, Value};
use time::{Date, Duration, OffsetDateTime, Time};

/// What SQL calls the function that reads an instant.
const NAME: &str = "_schema_instant";

/// Lets statements read a stored time as microseconds since 1970. What the model could not read is NULL.
pub(super) fn register(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function(NAME, 2, flags, |context| {
        let value = match context.get::<SqliteValue>(0)? {
            SqliteValue::Null => Value::Null,
            SqliteValue::Integer(value) => Value::Integer(value),
            SqliteValue::Real(value) => Value::Real(value),
            SqliteValue::Text(value) => Value::Text(value),
            SqliteValue::Blob(value) => Value::Blob(value),
        };
        let storage = storage(context.get(1)?);
        Ok(match read(value, storage) {
            Some(microseconds) => ToSqlOutput::Owned(SqliteValue::Integer(microseconds)),
            None => ToSqlOutput::from(Null),
        })
    })
}

/// The SQL of a stored time as microseconds since 1970.
pub(super) fn sql(value: &str, storage: TimeStorage) -> String {
    format!("{NAME}({value}, {})", code(storage))
}

/// An instant as it is compared.
pub(super) fn microseconds(instant: OffsetDateTime) -> i64 {
    // Every instant is within 300,000 years of 1970, so the division fits.
    i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000)).unwrap_or(i64::MAX)
}

fn read(value: Value, storage: TimeStorage) -> Option<i64> {
    let values = [value];
    let row = Row::Values(&values);
    let instant = match storage {
        TimeStorage::Text => OffsetDateTime::read(row, 0).ok()?,
        TimeStorage::Unix => Unix::<OffsetDateTime>::read(row, 0).ok()?,
        TimeStorage::UnixMilliseconds => UnixMilliseconds::<OffsetDateTime>::read(row, 0).ok()?,
        // A day is as old as its last moment.
        TimeStorage::Date => {
            let day = Date::read(row, 0).ok()?.with_time(Time::MIDNIGHT).assume_utc();
            day.checked_add(Duration::DAY - Duration::MICROSECOND)?
        }
    };
    Some(microseconds(instant))
}

fn code(storage: TimeStorage) -> i64 {
    match storage {
        TimeStorage::Text => 0,
        TimeStorage::Date => 1,
        TimeStorage::Unix => 2,
        TimeStorage::UnixMilliseconds => 3,
    }
}

fn storage(code: i64) -> TimeStorage {
    match code {
        1 => TimeStorage::Date,
        2 => TimeStorage::Unix,
        3 => TimeStorage::UnixMilliseconds,
        _ => TimeStorage::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_is_read_from_every_way_to_write_it() {
        let connection = Connection::open_in_memory().unwrap();
        register(&connection).unwrap();
        let of = |value: &str, storage| -> Option<i64> {
            connection.query_row(&format!("SELECT {}", sql(value, storage)), [], |row| row.get(0)).unwrap()
        };
        let noon = Some(1_764_244_800_000_000);
        for (value, storage) in [
            ("'2025-11-27 12:00:00.000000'", TimeStorage::Text),
            ("'2025-11-27 12:00:00'", TimeStorage::Text),
            ("'2025-11-27T12:00:00Z'", TimeStorage::Text),
            ("'2025-11-27T12:00:00.000Z'", TimeStorage::Text),
            ("'2025-11-27T14:30:00+02:30'", TimeStorage::Text),
            ("1764244800", TimeStorage::Unix),
            ("1764244800000", TimeStorage::UnixMilliseconds),
        ] {
            assert_eq!(of(value, storage), noon, "{value}");
        }
        // As texts these two stand in the other order.
        assert!(
            of("'2025-11-27T23:30:00-05:00'", TimeStorage::Text)
                > of("'2025-11-28 01:00:00'", TimeStorage::Text)
        );
        assert!(of("'2025-11-27'", TimeStorage::Date) > of("'2025-11-27 23:59:59'", TimeStorage::Text));
        for (value, storage) in [
            ("'yesterday'", TimeStorage::Text),
            ("1764244800", TimeStorage::Text),
            ("'2025-11-27 12:00:00'", TimeStorage::Unix),
            ("1764244800.5", TimeStorage::Unix),
            ("x'00'", TimeStorage::UnixMilliseconds),
            ("NULL", TimeStorage::Text),
        ] {
            assert_eq!(of(value, storage), None, "{value}");
        }
    }
}
