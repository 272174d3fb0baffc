//! What is calculated with dates and looked up in JSON, beside the same in SQLite's own words.
#![allow(missing_docs)]

use schema_core::{
    Db, Table,
    expr::{count, days, hours, months, now, seconds, today, value, years},
    value::Json,
};
use time::{
    Date, Duration, OffsetDateTime,
    macros::{date, datetime},
};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Backup {
    #[column(primary_key)]
    pub id: i64,
    pub begun_at: OffsetDateTime,
    pub ended_at: Option<OffsetDateTime>,
    pub day: Date,
    #[column(stored = "unix")]
    pub seen: OffsetDateTime,
    #[column(stored = "unix_ms")]
    pub checked: OffsetDateTime,
    pub keep_days: i64,
    pub meta: serde_json::Value,
    pub log: Option<serde_json::Value>,
}

schema_core::schema! {
    pub App { Backup }
}

fn app() -> Db<App> {
    let db = Db::<App>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE backups (id INTEGER PRIMARY KEY, begun_at TEXT NOT NULL, ended_at TEXT, day TEXT NOT NULL,
               seen INTEGER NOT NULL, checked INTEGER NOT NULL, keep_days INTEGER NOT NULL, meta TEXT NOT NULL, log TEXT);
             WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
             INSERT INTO backups SELECT i,
               strftime('%Y-%m-%d %H:%M:%f000', '2024-01-01 06:30:15.250', i || ' days'),
               CASE WHEN i % 4 THEN strftime('%Y-%m-%d %H:%M:%f000', '2024-01-01 06:31:00', i || ' days') END,
               date('2024-01-31', i || ' days'), unixepoch('2024-01-01 00:00:01') + i * 3600,
               1704067200123 + i, i % 30, json_object('size', i, 'tags', json_array('t' || (i % 3), 'all')),
               CASE WHEN i % 2 THEN json_object('steps', json_array(json_object('name', 'copy', 'ok', json('true')), i), 'none', NULL) END
             FROM n;",
        )
    })
    .unwrap();
    db
}

fn column<T: schema_core::rusqlite::types::FromSql>(db: &Db<App>, sql: &str) -> Vec<T> {
    db.sqlite_raw(|connection| {
        connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<Vec<T>, _>>()
    })
    .unwrap()
}

#[test]
fn intervals_are_bound_and_move_a_moment_as_it_is_stored() {
    let db = app();
    let query =
        Backup::query().filter(|b| b.begun_at.ge(value(datetime!(2024-04-01 0:00 UTC)).minus(days(7))));
    assert!(query.clone().to_sql().contains("(-(?) || ' days')"), "{}", query.to_sql());
    assert_eq!(query.count(&db).unwrap(), 16);

    let first = Backup::query().order_by(|b| b.id.asc());
    let moved = first
        .clone()
        .select(|b| {
            (
                b.begun_at.plus(hours(20)),
                b.begun_at.minus(seconds(16)),
                b.day.plus(months(1)),
                b.day.minus(years(1)),
            )
        })
        .first(&db)
        .unwrap()
        .unwrap();
    assert_eq!(
        moved,
        (
            datetime!(2024-01-02 2:30:15.25 UTC),
            datetime!(2024-01-01 6:29:59.25 UTC),
            date!(2024 - 03 - 02),
            date!(2023 - 01 - 31)
        )
    );
    let numbers =
        first.select(|b| (b.seen.plus(days(b.keep_days)), b.checked.minus(days(1)))).all(&db).unwrap();
    assert_eq!(numbers[2].0, datetime!(2024-01-01 2:00:01 UTC) + Duration::days(2));
    assert_eq!(numbers[99].1, datetime!(2023-12-31 0:00:00.222 UTC));
}

#[test]
fn a_column_says_how_long_and_a_missing_moment_stays_missing() {
    let db = app();
    let due = Backup::query().filter(|b| b.day.plus(days(b.keep_days)).lt(date!(2024 - 03 - 15)));
    let same: Vec<i64> =
        column(&db, "SELECT count(*) FROM backups WHERE date(day, keep_days || ' days') < '2024-03-15'");
    assert_eq!(due.count(&db).unwrap(), same[0].unsigned_abs());
    let ended =
        Backup::query().order_by(|b| b.id.asc()).select(|b| b.ended_at.plus(days(1))).all(&db).unwrap();
    assert_eq!(ended[..2], [None, Some(datetime!(2024-01-03 6:31 UTC))]);
    let took = Backup::query()
        .filter(|b| b.id.le(1))
        .order_by(|b| b.id.asc())
        .select(|b| (b.ended_at.seconds_since(b.begun_at), b.day.days_since(b.begun_at)))
        .all(&db)
        .unwrap();
    assert_eq!(took[0].0, None);
    assert_eq!(took[1].0, Some(45));
    assert!((took[1].1 - 29.728_99).abs() < 0.001, "{}", took[1].1);
}

#[test]
fn now_is_written_as_instants_are_stored() {
    let db = app();
    let (at, day, unix, milliseconds) = Backup::query()
        .filter(|b| b.id.eq(1))
        .select(|_| (now(), today(), now().unix(), now().unix_milliseconds()))
        .one(&db)
        .unwrap();
    let clock = OffsetDateTime::now_utc();
    assert!((clock - at).abs() < Duration::minutes(1), "{at}");
    assert!((clock.date() - day).whole_days().abs() <= 1);
    assert!((at - unix).abs() <= Duration::SECOND && (at - milliseconds).abs() <= Duration::milliseconds(1));
    assert_eq!(Backup::query().filter(|b| b.begun_at.gt(now())).count(&db).unwrap(), 0);
    assert_eq!(Backup::query().filter(|b| b.seen.lt(now().minus(days(1)).unix())).count(&db).unwrap(), 100);
    // The text is of the same form as a bound instant: they sort together.
    Backup::update().filter(|b| b.id.eq(1)).set(|b| b.begun_at.set(now())).run(&db).unwrap();
    let written: Vec<String> = column(&db, "SELECT begun_at FROM backups WHERE id = 1");
    assert_eq!(written[0].len(), "2024-01-01 06:30:15.250000".len());
}

#[test]
fn moments_are_grouped_by_year_and_month() {
    let db = app();
    let months = Backup::query()
        .group_by(|b| b.begun_at.strftime("%Y-%m"))
        .order_by(|month, _| month.asc())
        .select(|month, b| (month, count(b)))
        .all(&db)
        .unwrap();
    let wanted = [("2024-01", 31), ("2024-02", 29), ("2024-03", 31), ("2024-04", 9)];
    assert_eq!(months, wanted.map(|(month, rows)| (month.to_owned(), rows)));
    let parts = Backup::query()
        .filter(|b| b.id.eq(60))
        .select(|b| {
            (
                (b.begun_at.year(), b.begun_at.month(), b.begun_at.day()),
                (b.begun_at.hour(), b.begun_at.minute(), b.begun_at.second(), b.begun_at.weekday()),
                (b.begun_at.date(), b.begun_at.start_of_month(), b.seen.start_of_year(), b.day.instant()),
            )
        })
        .one(&db)
        .unwrap();
    assert_eq!(parts.0, (2024, 3, 1));
    assert_eq!(parts.1, (6, 30, 15, 5));
    let of_seen = Backup::query()
        .filter(|b| b.id.eq(60))
        .select(|b| (b.seen.second(), b.checked.second(), b.ended_at.second()));
    assert_eq!(of_seen.one(&db).unwrap(), (1, 0, None));
    let instant = datetime!(2024-03-31 0:00 UTC);
    assert_eq!(parts.2, (date!(2024 - 03 - 01), date!(2024 - 03 - 01), date!(2024 - 01 - 01), instant));
}

#[test]
fn a_format_that_sqlite_does_not_know_is_refused_and_nothing_is_run() {
    let db = app();
    let refused = Backup::query().select(|b| b.day.strftime("%Y-%N")).all(&db).unwrap_err();
    assert!(refused.to_string().contains("%N stands for nothing"), "{refused}");
    let open = Backup::query().select(|b| b.day.strftime("100%")).all(&db).unwrap_err();
    assert!(open.to_string().contains("ends in %"), "{open}");
}

#[test]
fn json_is_looked_into_with_types() {
    let db = app();
    let sizes = Backup::query()
        .filter(|b| b.meta.json_extract::<i64>("$.size").ge(97))
        .order_by(|b| b.id.asc())
        .select(|b| {
            (
                b.meta.json_extract::<i64>("$.size"),
                b.meta.json_value::<String>("tags"),
                b.meta.json_extract::<String>("$.no"),
            )
        })
        .all(&db)
        .unwrap();
    assert_eq!(sizes[0], (Some(97), Some(r#"["t1","all"]"#.to_owned()), None));
    assert_eq!(sizes.len(), 3);
    let steps = Backup::query()
        .filter(|b| b.id.in_list([4, 5]))
        .order_by(|b| b.id.asc())
        .select(|b| {
            let steps = b.log.json_at("steps");
            (
                (
                    steps.clone().json_at(0).json_value::<bool>("ok"),
                    steps.clone().json_at(0).json_value::<String>(String::from("name")),
                ),
                (steps.clone().json_array_length(), steps.json_value::<i64>(-1), b.log.json_type("$.none")),
                b.meta.json_extract::<Json<Vec<String>>>("$.tags"),
            )
        })
        .all(&db)
        .unwrap();
    assert_eq!(steps[0].0, (None, None));
    assert_eq!(steps[0].1, (None, None, None));
    assert_eq!(steps[1].0, (Some(true), Some("copy".to_owned())));
    assert_eq!(steps[1].1, (Some(2), Some(5), Some("null".to_owned())));
    assert_eq!(steps[1].2, Some(vec!["t2".to_owned(), "all".to_owned()]));
}

#[test]
fn a_path_is_text_and_never_sql() {
    let db = app();
    let odd = Backup::query().select(|b| b.meta.json_value::<String>("it's\"); DROP TABLE backups; --"));
    assert!(odd.all(&db).unwrap().iter().all(Option::is_none));
    assert_eq!(Backup::query().count(&db).unwrap(), 100);
    let wrong = Backup::query().select(|b| b.meta.json_extract::<String>("size")).all(&db).unwrap_err();
    assert!(wrong.to_string().contains("bad JSON path"), "{wrong}");
}
