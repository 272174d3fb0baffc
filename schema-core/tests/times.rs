//! The dates and times of `chrono` and `jiff`: the same text as those of `time`, the same arithmetic.
#![cfg(all(feature = "chrono", feature = "jiff"))]
#![allow(missing_docs)]

use schema_core::{
    Db, Error, Schema,
    dialect::sqlite,
    value::{Row, SqlType, Value},
};
use time::{
    Date, OffsetDateTime, PrimitiveDateTime, Time,
    macros::{date, datetime, time},
};

/// A database with the tables of a schema.
fn with_tables<S: Schema>() -> Db<S> {
    let db = Db::<S>::in_memory().unwrap();
    for table in S::DEF.tables.iter() {
        db.sqlite_raw(|connection| connection.execute_batch(&sqlite::create_table(table))).unwrap();
    }
    db
}

fn read<T: SqlType>(text: &str) -> Result<T::Rust, String> {
    T::read(Row::Values(&[Value::Text(text.to_owned())]), 0).map_err(|error| error.to_string())
}

/// Texts of a row, as they are stored.
fn stored<S: Schema>(db: &Db<S>, sql: &str) -> Vec<String> {
    db.sqlite_raw(|connection| {
        connection.query_row(sql, [], |row| (0..row.as_ref().column_count()).map(|at| row.get(at)).collect())
    })
    .unwrap()
}

macro_rules! suite {
    ($suite:ident, $name:literal: $instant:ty, $local:ty, $day:ty, $clock:ty) => {
        mod $suite {
            use schema_core::{
                SqlType, Table,
                expr::{count, days, hours, max, now, today},
            };
            use serde_json::json;

            use super::*;

            /// When somebody left.
            #[derive(SqlType, Clone, Copy, Debug, PartialEq)]
            pub(crate) struct Left(pub(crate) $instant);

            #[derive(Table, Clone, Debug, PartialEq)]
            pub(crate) struct Visit {
                #[column(primary_key)]
                pub(crate) id: i64,
                pub(crate) begun: $instant,
                pub(crate) local: $local,
                pub(crate) day: $day,
                pub(crate) clock: $clock,
                pub(crate) ended: Option<$instant>,
                #[column(stored = "unix")]
                pub(crate) seen: $instant,
                #[column(stored = "unix_ms")]
                pub(crate) checked: Option<$instant>,
                pub(crate) left: Left,
                #[column(stored = "unix")]
                pub(crate) gone: Left,
                #[column(default = now)]
                pub(crate) noted: $local,
                #[column(created_at)]
                pub(crate) created_at: $instant,
                #[column(updated_at, stored = "unix_ms")]
                pub(crate) updated_at: $instant,
                #[column(soft_delete)]
                pub(crate) deleted_at: Option<$instant>,
            }

            /// The same moments as `time` writes them.
            #[derive(Table, Clone, Debug, PartialEq)]
            pub(crate) struct Beside {
                #[column(primary_key)]
                pub(crate) id: i64,
                pub(crate) begun: OffsetDateTime,
                pub(crate) local: PrimitiveDateTime,
                pub(crate) day: Date,
                pub(crate) clock: Time,
                #[column(stored = "unix")]
                pub(crate) seen: OffsetDateTime,
            }

            schema_core::schema! { pub(crate) App { Visit, Beside } }

            const BEGUN: &str = "2024-02-28T22:30:15.123456789Z";

            fn instant(text: &str) -> $instant {
                text.parse().unwrap()
            }

            fn new(begun: &str) -> NewVisit {
                NewVisit {
                    begun: instant(begun),
                    local: "2024-02-28T23:30:15.5".parse().unwrap(),
                    day: "2024-02-29".parse().unwrap(),
                    clock: "07:05:09.000000001".parse().unwrap(),
                    seen: instant(begun),
                    left: Left(instant(begun)),
                    gone: Left(instant(begun)),
                }
            }

            /// One visit a day, from the last of February on.
            fn filled() -> Db<App> {
                let db = with_tables::<App>();
                let visits = VisitRepository::new(&db);
                for day in 1..=20 {
                    visits.insert(new(&format!("2024-03-{day:02}T12:00:00Z"))).unwrap();
                }
                db
            }

            #[test]
            fn the_text_is_the_one_that_time_writes() {
                let db = with_tables::<App>();
                VisitRepository::new(&db).insert(new(BEGUN)).unwrap();
                let begun = datetime!(2024-02-28 22:30:15.123456789 UTC);
                BesideRepository::new(&db)
                    .insert(NewBeside {
                        begun,
                        local: datetime!(2024-02-28 23:30:15.5),
                        day: date!(2024 - 02 - 29),
                        clock: time!(07:05:09.000000001),
                        seen: begun,
                    })
                    .unwrap();
                let columns = "begun, local, day, clock, CAST(seen AS TEXT)";
                let visit = stored(&db, &format!("SELECT {columns} FROM visits"));
                assert_eq!(visit, stored(&db, &format!("SELECT {columns} FROM besides")));
                assert_eq!(
                    visit,
                    [
                        "2024-02-28 22:30:15.123456",
                        "2024-02-28 23:30:15.500000",
                        "2024-02-29",
                        "07:05:09.000000",
                        "1709159415"
                    ]
                );
                let filled = stored(&db, "SELECT noted, created_at, typeof(updated_at) FROM visits");
                assert_eq!((filled[0].len(), filled[1].len(), &*filled[2]), (26, 26, "integer"));
            }

            #[test]
            fn a_time_of_the_day_has_an_hour_a_minute_and_a_second() {
                let db = with_tables::<App>();
                VisitRepository::new(&db).insert(new(BEGUN)).unwrap();
                let clock = Visit::query().select(|v| (v.clock.hour(), v.clock.minute(), v.clock.second()));
                assert_eq!(clock.one(&db).unwrap(), (7, 5, 9));
                let moments = Visit::query().select(|v| (v.begun.second(), v.local.second(), v.ended.second()));
                assert_eq!(moments.one(&db).unwrap(), (15, 15, None));
                assert_eq!(Visit::query().filter(|v| v.clock.hour().lt(12)).count(&db).unwrap(), 1);
            }

            #[test]
            fn what_was_inserted_equals_what_is_read() {
                let db = with_tables::<App>();
                let visits = VisitRepository::new(&db);
                let given = new(BEGUN).with(|v| {
                    (v.ended.set(instant(BEGUN)), v.checked.set(Some(instant(BEGUN))))
                });
                let inserted = visits.insert(given).unwrap();
                assert_eq!(visits.get(inserted.id).unwrap(), inserted);
                assert_eq!(inserted.begun, instant("2024-02-28T22:30:15.123456Z"));
                assert_eq!(inserted.left, Left(instant("2024-02-28T22:30:15.123456Z")));
                assert_eq!(inserted.gone, Left(instant("2024-02-28T22:30:15Z")));
                assert_eq!(inserted.checked, Some(instant("2024-02-28T22:30:15.123Z")));
                visits.delete(inserted.id).unwrap();
                let deleted = visits.find(inserted.id).unwrap();
                assert_eq!(deleted, None);
            }

            #[test]
            fn queries_calculate_with_them_as_with_those_of_time() {
                let db = filled();
                // Values and expressions of `time` and of the other crate stand beside each other.
                let late = Visit::query().filter(|v| v.begun.gt(instant("2024-03-15T12:00:00Z")));
                assert_eq!(late.count(&db).unwrap(), 5);
                assert_eq!(Visit::query().filter(|v| v.begun.le(now().minus(days(30)))).count(&db).unwrap(), 20);
                assert_eq!(Visit::query().filter(|v| now().gt(v.begun)).count(&db).unwrap(), 20);
                assert_eq!(Visit::query().filter(|v| v.created_at.date().eq(today())).count(&db).unwrap(), 20);
                assert_eq!(
                    Visit::query().filter(|v| v.seen.ge(instant("2024-03-20T12:00:00Z"))).count(&db).unwrap(),
                    1
                );
                assert_eq!(
                    Visit::query().filter(|v| v.seen.lt(now().unix()).and(v.begun.unix().eq(v.seen))).count(&db).unwrap(),
                    20
                );
                assert_eq!(
                    Visit::query().filter(|v| v.begun.eq(datetime!(2024-03-02 12:00 UTC))).count(&db).unwrap(),
                    1
                );

                let first = Visit::query()
                    .order_by(|v| v.begun.asc())
                    .select(|v| {
                        (
                            (v.begun.plus(hours(13)), v.begun.date(), v.day.plus(days(1)), v.local.minus(hours(24))),
                            (v.begun.year(), v.day.month(), v.local.day(), v.begun.strftime("%H:%M")),
                            (v.begun.start_of_month(), v.day.instant(), v.ended.plus(days(1)), v.seen.plus(days(1))),
                        )
                    })
                    .first(&db)
                    .unwrap()
                    .unwrap();
                let day = |text: &str| text.parse::<$day>().unwrap();
                assert_eq!(
                    first,
                    (
                        (
                            instant("2024-03-02T01:00:00Z"),
                            day("2024-03-01"),
                            day("2024-03-01"),
                            "2024-02-27T23:30:15.5".parse().unwrap()
                        ),
                        (2024, 2, 28, "12:00".to_owned()),
                        (
                            day("2024-03-01"),
                            instant("2024-02-29T00:00:00Z"),
                            None,
                            instant("2024-03-02T12:00:00Z")
                        ),
                    )
                );
                let newest: Option<$instant> = Visit::query().aggregate(|v| max(v.begun)).one(&db).unwrap();
                assert_eq!(newest, Some(instant("2024-03-20T12:00:00Z")));
                let by_day: Vec<($day, i64)> = Visit::query()
                    .group_by(|v| v.begun.date())
                    .select(|day, v| (day, count(v)))
                    .all(&db)
                    .unwrap();
                assert_eq!(by_day.len(), 20);
            }

            #[test]
            fn columns_are_set_to_values_and_to_now() {
                let db = filled();
                let visits = VisitRepository::new(&db);
                visits.update(1, |v| (v.ended.set(now()), v.begun.set(now()), v.day.set(today()))).unwrap();
                let visit = visits.get(1).unwrap();
                assert_eq!(Some(visit.begun), visit.ended);
                visits
                    .update(2, |v| {
                        (v.ended.set(v.begun.plus(days(1))), v.checked.set(instant(BEGUN)), v.gone.set(Left(instant(BEGUN))))
                    })
                    .unwrap();
                let visit = visits.get(2).unwrap();
                assert_eq!(visit.ended, Some(instant("2024-03-03T12:00:00Z")));
                assert_eq!(visit.gone, Left(instant("2024-02-28T22:30:15Z")));
                visits.update(2, |v| (v.ended.set(None), v.checked.set(Some(instant(BEGUN))))).unwrap();
                assert_eq!(visits.get(2).unwrap().ended, None);
            }

            #[test]
            fn a_patch_reads_them_from_json() {
                let db = filled();
                let visits = VisitRepository::new(&db);
                let patch = |json: serde_json::Value| -> Result<VisitUpdate, _> { serde_json::from_value(json) };
                let changes = patch(json!({
                    "begun": "2025-01-01T10:00:00+02:00", "day": "2025-01-02", "clock": "10:00", "seen": 1709159415,
                    "local": "2025-01-01 10:00:00", "checked": "2025-01-01T10:00:00Z",
                }));
                visits.patch(1, changes.unwrap()).unwrap();
                let visit = visits.get(1).unwrap();
                assert_eq!(visit.begun, instant("2025-01-01T08:00:00Z"));
                assert_eq!(visit.seen, instant("2024-02-28T22:30:15Z"));
                assert_eq!(visit.checked, Some(instant("2025-01-01T10:00:00Z")));
                assert_eq!(visit.clock, "10:00:00".parse().unwrap());
                for wrong in [json!({"begun": 5}), json!({"day": "2025-13-01"}), json!({"begun": null})] {
                    let field = wrong.as_object().unwrap().keys().next().unwrap().clone();
                    let error = patch(wrong).err().unwrap().to_string();
                    assert!(error.contains(&field), "{error}");
                }
            }

            #[test]
            fn a_filter_by_name_reads_them_from_text() {
                let db = filled();
                let column = |name: &str| VisitColumns::by_name(name).unwrap();
                let late = column("begun").compare(schema_core::query::Comparison::Gt, "2024-03-15T12:00:00Z");
                let late = late.unwrap();
                assert_eq!(Visit::query().filter(|v| late.of(v)).count(&db).unwrap(), 5);
                for (name, takes) in [
                    ("begun", "an instant such as"),
                    ("local", "an instant such as"),
                    ("day", "a date such as"),
                    ("clock", "a time such as"),
                ] {
                    let error = column(name).eq_text("soon").unwrap_err().to_string();
                    assert!(error.contains(takes), "{error}");
                }
            }

            #[test]
            fn text_that_is_none_is_an_error_that_names_its_column() {
                let db = filled();
                db.sqlite_raw(|connection| connection.execute("UPDATE visits SET day = 'soon' WHERE id = 3", []))
                    .unwrap();
                let error: Error = VisitRepository::new(&db).get(3).unwrap_err();
                assert!(error.is_value(), "{error:?}");
                let message = error.to_string();
                assert!(message.contains("day") && message.contains("found TEXT 'soon', wanted"), "{message}");
                assert!(message.contains($name), "{message}");
            }

            #[test]
            fn years_without_four_digits_are_refused_both_ways() {
                let error = <$day as SqlType>::to_value(&"-0001-01-01".parse().or_else(|_| "-000001-01-01".parse()).unwrap());
                assert!(error.unwrap_err().to_string().contains("outside 0000 to 9999"));
                assert!(read::<$instant>("12024-01-01 00:00:00").is_err());
                assert!(read::<$day>("2024-02-30").unwrap_err().contains("2024-02-30"));
                assert!(read::<$clock>("25:00").is_err() && read::<$local>("2024-02-28").is_err());
            }
        }
    };
}

suite!(
    of_chrono, "NaiveDate":
    chrono::DateTime<chrono::Utc>, chrono::NaiveDateTime, chrono::NaiveDate, chrono::NaiveTime
);
suite!(
    of_jiff, "civil::Date":
    jiff::Timestamp, jiff::civil::DateTime, jiff::civil::Date, jiff::civil::Time
);

#[test]
fn years_of_five_digits_and_leap_seconds_of_chrono_are_refused() {
    use chrono::{NaiveDate, NaiveTime};
    let late = NaiveDate::from_ymd_opt(12_024, 1, 1).unwrap();
    assert!(NaiveDate::to_value(&late).unwrap_err().to_string().contains("12024"));
    let leap = NaiveTime::from_hms_milli_opt(23, 59, 59, 1_500).unwrap();
    let error = NaiveTime::to_value(&leap).unwrap_err().to_string();
    assert!(error.contains("23:59:60.500 is a leap second"), "{error}");
    assert!(chrono::DateTime::to_value(&late.and_time(leap).and_utc()).is_err());
}

#[test]
fn the_ends_of_the_range_come_back() {
    for text in ["0000-01-01 00:00:00.000000", "9999-12-31 23:59:59.999999"] {
        let chrono = read::<chrono::DateTime<chrono::Utc>>(text).unwrap();
        assert_eq!(chrono::DateTime::to_value(&chrono).unwrap(), Value::Text(text.to_owned()));
        let jiff = read::<jiff::civil::DateTime>(text).unwrap();
        assert_eq!(jiff::civil::DateTime::to_value(&jiff).unwrap(), Value::Text(text.to_owned()));
    }
    // A timestamp of jiff ends before the last day does.
    let first = read::<jiff::Timestamp>("0000-01-01 00:00:00.000000").unwrap();
    assert_eq!(
        jiff::Timestamp::to_value(&first).unwrap(),
        Value::Text("0000-01-01 00:00:00.000000".to_owned())
    );
    let error = read::<jiff::Timestamp>("9999-12-31 23:59:59.999999").unwrap_err();
    assert!(error.contains("outside of what the type can hold"), "{error}");
}
