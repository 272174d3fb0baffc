//! Every Rust type comes back from a column as it was bound, sorts as it should, and says what does
//! not fit.
#![allow(missing_docs, clippy::float_cmp, reason = "numbers come back to the bit")]

use std::{borrow::Cow, fmt::Debug};

use schema_core::{
    Db, Table,
    model::Domain,
    value::{
        Cell, CellError, Json, Row, SqlType, Storage, Unix, UnixMilliseconds, UuidBlob, Value, ValueError,
    },
};
use time::{
    Date, OffsetDateTime, PrimitiveDateTime, Time,
    macros::{date, datetime, time},
};
use uuid::Uuid;

fn read<T: SqlType>(value: Value) -> Result<T::Rust, CellError> {
    T::read(Row::Values(&[value]), 0)
}

#[track_caller]
fn round_trip<T: SqlType>(value: T::Rust, stored: Value)
where
    T::Rust: PartialEq + Debug,
{
    assert_eq!(T::to_value(&value).unwrap(), stored);
    assert_eq!(read::<T>(stored).unwrap(), value);
}

#[track_caller]
fn refused<T: SqlType>(value: Value) -> String
where
    T::Rust: Debug,
{
    read::<T>(value).unwrap_err().to_string()
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

#[test]
fn numbers_come_back_as_they_were() {
    round_trip::<i64>(i64::MIN, Value::Integer(i64::MIN));
    round_trip::<u64>(u64::try_from(i64::MAX).unwrap(), Value::Integer(i64::MAX));
    round_trip::<i8>(-128, Value::Integer(-128));
    round_trip::<u32>(u32::MAX, Value::Integer(i64::from(u32::MAX)));
    round_trip::<f64>(0.1, Value::Real(0.1));
    round_trip::<f64>(f64::INFINITY, Value::Real(f64::INFINITY));
    round_trip::<f32>(0.1, Value::Real(f64::from(0.1_f32)));
    round_trip::<bool>(true, Value::Integer(1));
    assert_eq!(bool::DOMAIN, Domain::Boolean);
    assert_eq!(
        (f64::STORAGE, bool::STORAGE, String::STORAGE),
        (Storage::Real, Storage::Integer, Storage::Text)
    );
}

#[test]
fn a_whole_number_is_read_as_a_real_where_that_is_exact() {
    assert_eq!(read::<f64>(Value::Integer(3)).unwrap(), 3.0);
    assert_eq!(refused::<f64>(Value::Integer((1 << 53) + 1)), "found INTEGER 9007199254740993, wanted f64");
}

#[test]
fn what_does_not_fit_says_what_was_found_and_wanted() {
    assert_eq!(refused::<i8>(Value::Integer(128)), "found INTEGER 128, wanted i8 (out of range)");
    assert_eq!(refused::<u8>(Value::Integer(-1)), "found INTEGER -1, wanted u8 (out of range)");
    assert_eq!(refused::<bool>(Value::Integer(2)), "found INTEGER 2, wanted bool (0 or 1)");
    assert_eq!(refused::<i64>(text("abc")), "found TEXT 'abc', wanted i64");
    assert_eq!(refused::<String>(Value::Null), "found NULL, wanted String");
    assert_eq!(refused::<f32>(Value::Real(1e300)), "found REAL 1e300, wanted f32 (out of range)");
    assert_eq!(refused::<Vec<u8>>(text("x")), "found TEXT 'x', wanted Vec<u8>");
    assert_eq!(refused::<UuidBlob>(Value::Blob(vec![1])), "found BLOB of 1 bytes, wanted Uuid (16 bytes)");
    let long = "x".repeat(100);
    assert!(refused::<i64>(text(&long)).len() < 80);
}

#[test]
fn an_unsigned_number_over_the_largest_integer_is_refused_and_never_wraps() {
    let error: ValueError = u64::to_value(&u64::MAX).unwrap_err();
    assert!(error.to_string().starts_with("18446744073709551615 is over 9223372036854775807"), "{error}");
    assert!(usize::to_value(&usize::MAX).is_err());
}

#[test]
fn nan_is_refused_because_sqlite_would_store_null() {
    assert!(f64::to_value(&f64::NAN).unwrap_err().to_string().contains("NaN"));
    assert!(f32::to_value(&f32::NAN).is_err());
}

#[test]
fn text_and_bytes_come_back_as_they_were() {
    for sample in ["", "plain", "Преступление", "with \0 inside", "'quote\""] {
        round_trip::<String>(sample.to_owned(), text(sample));
        round_trip::<Box<str>>(sample.into(), text(sample));
        round_trip::<Cow<'static, str>>(Cow::Owned(sample.to_owned()), text(sample));
    }
    round_trip::<Vec<u8>>(vec![], Value::Blob(vec![]));
    round_trip::<Vec<u8>>(vec![0, 255], Value::Blob(vec![0, 255]));
    assert_eq!(
        Cell::Text(&[0xff, 0x41]).as_str("String").unwrap_err().to_string(),
        "found TEXT '\u{fffd}A', wanted String (not UTF-8)"
    );
}

#[test]
fn null_is_none_and_nothing_else() {
    round_trip::<Option<i64>>(None, Value::Null);
    round_trip::<Option<String>>(Some(String::new()), text(""));
    assert_eq!(refused::<Option<i64>>(text("x")), "found TEXT 'x', wanted i64");
}

#[test]
fn instants_have_one_text_form_of_utc_with_six_digits() {
    round_trip::<OffsetDateTime>(datetime!(2025-11-27 14:30:55 UTC), text("2025-11-27 14:30:55.000000"));
    let berlin = datetime!(2025-11-27 15:30:55.123456 +1);
    assert_eq!(OffsetDateTime::to_value(&berlin).unwrap(), text("2025-11-27 14:30:55.123456"));
    round_trip::<PrimitiveDateTime>(datetime!(0001-01-01 0:00), text("0001-01-01 00:00:00.000000"));
    round_trip::<Date>(date!(1999 - 12 - 31), text("1999-12-31"));
    round_trip::<Time>(time!(23:59:59.5), text("23:59:59.500000"));
    assert!(OffsetDateTime::to_value(&datetime!(-0001-01-01 0:00 UTC)).is_err());
}

#[test]
fn instants_are_read_as_iso_and_as_sqlite_writes_them() {
    let at = datetime!(2025-11-27 14:30:55 UTC);
    for written in [
        "2025-11-27 14:30:55",
        "2025-11-27 14:30:55.0",
        "2025-11-27T14:30:55Z",
        "2025-11-27T14:30:55.000Z",
        "2025-11-27 14:30:55.000000000",
        "2025-11-27T15:30:55+01:00",
        "2025-11-27 09:30:55-05:00",
    ] {
        assert_eq!(read::<OffsetDateTime>(text(written)).unwrap(), at, "{written}");
    }
    assert_eq!(read::<OffsetDateTime>(text("2025-11-27 14:30")).unwrap(), datetime!(2025-11-27 14:30 UTC));
    for wrong in ["2025-13-27 14:30:55", "yesterday", "2025-11-27", ""] {
        assert!(read::<OffsetDateTime>(text(wrong)).is_err(), "{wrong}");
    }
}

#[test]
fn instants_sort_as_text_also_beside_current_timestamp() {
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch("CREATE TABLE t (at TEXT NOT NULL)").unwrap();
    let now = OffsetDateTime::now_utc();
    for shift in [-2_i64, 2] {
        let Value::Text(at) = OffsetDateTime::to_value(&(now + time::Duration::seconds(shift))).unwrap()
        else {
            panic!("an instant is text");
        };
        connection.execute("INSERT INTO t VALUES (?)", [at]).unwrap();
    }
    let before: i64 = connection
        .query_row("SELECT count(*) FROM t WHERE at < CURRENT_TIMESTAMP", [], |row| row.get(0))
        .unwrap();
    assert_eq!(before, 1);
    let written: String = connection
        .query_row("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(written.len(), "2025-11-27 14:30:55.123456".len());
    read::<OffsetDateTime>(Value::Text(written)).unwrap();
}

#[test]
fn instants_can_be_integers() {
    let at = datetime!(2025-11-27 14:30:55 UTC);
    round_trip::<Unix>(at, Value::Integer(1_764_253_855));
    round_trip::<UnixMilliseconds>(at, Value::Integer(1_764_253_855_000));
    round_trip::<UnixMilliseconds>(datetime!(1969-12-31 23:59:59.999 UTC), Value::Integer(-1));
    assert!(read::<Unix>(Value::Integer(i64::MAX)).is_err());
    assert!(read::<UnixMilliseconds>(Value::Integer(i64::MIN)).is_err());
    assert!(read::<Unix>(text("2025-11-27")).is_err());
}

#[test]
fn uuids_are_lower_case_text_or_sixteen_bytes() {
    let uuid = Uuid::from_u128(0x0192_F0A0_0000_7000_8000_0000_0000_00AB);
    round_trip::<Uuid>(uuid, text("0192f0a0-0000-7000-8000-0000000000ab"));
    round_trip::<UuidBlob>(uuid, Value::Blob(uuid.as_bytes().to_vec()));
    assert!(read::<Uuid>(text("0192F0A0000070008000000000000AB")).is_err());
    assert_eq!(read::<Uuid>(text("0192F0A0-0000-7000-8000-0000000000AB")).unwrap(), uuid);
}

#[test]
fn json_keeps_its_own_type() {
    round_trip::<Json<Vec<String>>>(vec!["a".into()], text(r#"["a"]"#));
    round_trip::<Option<Json<Vec<i64>>>>(None, Value::Null);
    round_trip::<serde_json::Value>(serde_json::json!({"a": 1}), text(r#"{"a":1}"#));
    assert!(refused::<Json<Vec<i64>>>(text("{")).contains("wanted alloc::vec::Vec<i64>"));
}

#[test]
fn a_field_of_a_patch_is_read_from_json_as_the_column_stores_it() {
    use serde_json::json;
    assert_eq!(i64::from_json(json!(7)).unwrap(), 7);
    assert_eq!(f64::from_json(json!(7)).unwrap(), 7.0);
    assert!(bool::from_json(json!(true)).unwrap());
    assert_eq!(Option::<String>::from_json(json!(null)).unwrap(), None);
    assert_eq!(Date::from_json(json!("1999-12-31")).unwrap(), date!(1999 - 12 - 31));
    assert_eq!(<Unix>::from_json(json!("2025-11-27T14:30:55Z")).unwrap(), datetime!(2025-11-27 14:30:55 UTC));
    assert_eq!(<Unix>::from_json(json!(0)).unwrap(), OffsetDateTime::UNIX_EPOCH);
    assert_eq!(Json::<Vec<i64>>::from_json(json!([1, 2])).unwrap(), [1, 2]);
    assert_eq!(Vec::<u8>::from_json(json!([1, 2])).unwrap(), [1, 2]);
    assert!(String::from_json(json!(7)).is_err() && i64::from_json(json!("7")).is_err());
    assert!(String::from_json(json!(null)).is_err() && i64::from_json(json!(1.5)).is_err());
    assert!(u64::from_json(json!(u64::MAX)).is_err());
}

#[test]
fn an_instant_that_leaves_its_years_in_utc_is_refused_and_no_panic() {
    let late = datetime!(9999-12-31 23:59:59 -5);
    assert!(OffsetDateTime::to_value(&late).is_err());
    assert!(<Unix>::to_value(&late).is_err() && <UnixMilliseconds>::to_value(&late).is_err());
    assert!(read::<OffsetDateTime>(text("9999-12-31T23:59:59-05:00")).is_err());
}

#[test]
fn json_of_another_kind_than_the_column_is_refused() {
    use serde_json::json;
    for wrong in [json!({"a": 1}), json!([1]), json!(true), json!(1)] {
        assert!(String::from_json(wrong).is_err());
    }
    assert!(i64::from_json(json!(true)).is_err() && i64::from_json(json!(1e300)).is_err());
    assert!(bool::from_json(json!("true")).is_err() && Vec::<u8>::from_json(json!([256])).is_err());
}

/// Every shape that serde knows, around a number.
#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
enum Shape {
    None,
    Alone(f64),
    Pair(f32, f64),
    Named { inner: Option<f64>, name: String },
    List(Vec<f64>),
    Map(std::collections::BTreeMap<String, Wrapped>),
    Tuple((i64, f64)),
}

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
struct Wrapped(f64);

#[derive(serde::Serialize, serde::Deserialize, Clone, Debug, PartialEq)]
struct Two(bool, Box<Shape>);

fn shapes(number: f64) -> Vec<Shape> {
    #[allow(clippy::cast_possible_truncation, reason = "one and what is not finite stay themselves")]
    let narrow = number as f32;
    vec![
        Shape::Alone(number),
        Shape::Pair(narrow, 1.0),
        Shape::Named { inner: Some(number), name: "null".to_owned() },
        Shape::List(vec![1.0, number]),
        Shape::Map([("a".to_owned(), Wrapped(number))].into()),
        Shape::Tuple((1, number)),
    ]
}

#[test]
fn a_number_that_json_has_no_form_for_is_refused_and_never_becomes_null() {
    for number in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for shape in shapes(number) {
            let error = Json::<Two>::to_value(&Two(true, Box::new(shape.clone()))).unwrap_err().to_string();
            assert!(error.contains("has no JSON form: it holds"), "{shape:?}: {error}");
            assert!(error.contains(if number.is_nan() { "NaN" } else { "an infinite number" }), "{error}");
        }
    }
    for shape in shapes(1.0) {
        assert!(Json::<Shape>::to_value(&shape).is_ok());
    }
    // What is none is null still.
    let none = Shape::Named { inner: None, name: String::new() };
    assert_eq!(Json::<Shape>::to_value(&none).unwrap(), text(r#"{"Named":{"inner":null,"name":""}}"#));
    round_trip::<Json<Vec<Option<Shape>>>>(vec![None, Some(Shape::None)], text(r#"[null,"None"]"#));
    round_trip::<serde_json::Value>(serde_json::json!([null, {"a": null}]), text(r#"[null,{"a":null}]"#));
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Reading {
    #[column(primary_key)]
    pub id: i64,
    #[column(json)]
    pub weights: Vec<f64>,
}

schema_core::schema! { pub Sensors { Reading } }

#[test]
fn a_row_with_nan_in_its_json_is_not_written_and_its_column_is_named() {
    let db = Db::<Sensors>::in_memory().unwrap();
    db.sqlite_raw(|sqlite| {
        sqlite.execute_batch("CREATE TABLE readings (id INTEGER PRIMARY KEY, weights TEXT NOT NULL)")
    })
    .unwrap();
    let readings = ReadingRepository::new(&db);
    let kept = readings.insert(NewReading { weights: vec![0.5] }).unwrap();
    for error in [
        readings.insert(NewReading { weights: vec![0.5, f64::NAN] }).unwrap_err(),
        readings.update(kept.id, |r| r.weights.set(Json(vec![f64::INFINITY]))).unwrap_err(),
        readings.save(&Reading { weights: vec![f64::NAN], ..kept.clone() }).unwrap_err(),
    ] {
        assert!(error.is_value(), "{error:?}");
        assert!(error.to_string().contains("weights") && error.to_string().contains("null"), "{error}");
    }
    assert_eq!(Reading::query().all(&db).unwrap(), [kept]);
}

#[test]
fn json_that_could_not_be_read_back_is_not_written() {
    let nested = |levels: usize| {
        (0..levels).fold(serde_json::json!("[[{"), |inner, level| {
            if level % 2 == 0 { serde_json::json!([inner, "}"]) } else { serde_json::json!({ "\"[": inner }) }
        })
    };
    for levels in [1, 126, 127] {
        let value = nested(levels);
        let text = serde_json::to_string(&value).unwrap();
        round_trip::<serde_json::Value>(value, Value::Text(text));
    }
    for levels in [128, 200, 900] {
        let error = serde_json::Value::to_value(&nested(levels)).unwrap_err().to_string();
        assert!(error.contains("has no JSON form") && error.contains("recursion limit"), "{error}");
    }
    // Brackets in text are no levels.
    let text = serde_json::json!("[".repeat(500));
    assert!(serde_json::Value::to_value(&text).is_ok());
}
