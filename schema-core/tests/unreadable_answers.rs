//! A write that answers with rows and cannot read one of them leaves nothing behind.
#![allow(missing_docs)]

use schema_core::{Db, Error, Table, sql};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Reading {
    #[column(primary_key)]
    pub id: i64,
    pub sensor: String,
    pub degrees: i64,
    #[column(default_sql = "'unknown'")]
    pub place: i64,
    #[column(generated = "degrees * 2", virtual)]
    pub doubled: i64,
}

schema_core::schema! {
    pub Sensors { Reading }
}

/// Two thousand rows, of which number 1500 has text where the model has a number.
fn sensors() -> Db<Sensors> {
    let db = Db::<Sensors>::in_memory().unwrap();
    db.sqlite_raw(|sqlite| {
        sqlite.execute_batch(
            "CREATE TABLE readings (id INTEGER PRIMARY KEY, sensor TEXT NOT NULL, degrees INTEGER NOT NULL,
               place INTEGER NOT NULL DEFAULT 'unknown', doubled INTEGER NOT NULL AS (degrees * 2) VIRTUAL);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO readings (id, sensor, degrees, place)
               SELECT i, 'sensor ' || i, i % 40, CASE i WHEN 1500 THEN 'cellar' ELSE i % 7 END FROM n;",
        )
    })
    .unwrap();
    db
}

fn state(db: &Db<Sensors>) -> String {
    let text = "SELECT count(*) || ' ' || sum(degrees) || ' ' || group_concat(sensor) FROM readings";
    sql(text).scalar::<String>(db).unwrap()
}

fn new(sensor: &str) -> NewReading {
    NewReading { sensor: sensor.to_owned(), degrees: 7 }
}

type Attempt = fn(&Db<Sensors>) -> Option<Error>;

const ATTEMPTS: &[(&str, Attempt)] = &[
    ("insert", |db| ReadingRepository::new(db).insert(new("a")).err()),
    ("update_returning", |db| ReadingRepository::new(db).update_returning(1500, |r| r.degrees.set(99)).err()),
    ("update", |db| {
        Reading::update().all_rows().set(|r| r.degrees.set(99)).returning(|r| (r.id, r.place)).all(db).err()
    }),
    ("delete", |db| Reading::delete().filter(|r| r.id.gt(1000)).returning(|r| r.place).all(db).err()),
    ("sql", |db| {
        sql("UPDATE readings SET degrees = 99 RETURNING id, place").run_returning::<(i64, i64)>(db).err()
    }),
    ("upsert", |db| ReadingRepository::new(db).upsert(new("b")).do_nothing().returning().err()),
];

#[test]
fn a_write_whose_answer_cannot_be_read_is_undone() {
    for (name, attempt) in ATTEMPTS {
        let db = sensors();
        let before = state(&db);
        let error = attempt(&db).unwrap_or_else(|| panic!("{name}: the text is no number"));
        assert!(error.is_value() && error.to_string().contains("place"), "{name}: {error}");
        assert_eq!(state(&db), before, "{name}");
        // The connection is free again.
        assert_eq!(ReadingRepository::new(&db).get(7).unwrap().degrees, 7, "{name}");
    }
}

#[test]
fn an_error_that_a_transaction_swallows_has_left_nothing_in_it() {
    let db = sensors();
    let before = state(&db);
    db.transaction(|tx| {
        let readings = ReadingRepository::new(tx);
        assert!(readings.insert(new("a")).unwrap_err().is_value());
        assert!(readings.update_returning(1500, |r| r.degrees.set(99)).unwrap_err().is_value());
        let deleted = Reading::delete().all_rows().returning(|r| r.place).all(tx);
        assert!(deleted.unwrap_err().is_value());
        let updated = sql("UPDATE readings SET degrees = 99 RETURNING place").run_returning::<(i64,)>(tx);
        assert!(updated.unwrap_err().is_value());
        readings.update(1, |r| r.sensor.set("kept"))
    })
    .unwrap();
    assert_eq!(state(&db), before.replacen("sensor 1,", "kept,", 1));
}

/// Written as a number, and read from text alone.
#[derive(Clone, Debug, PartialEq)]
pub struct OneWay(i64);

impl serde::Serialize for OneWay {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(self.0)
    }
}

impl<'de> serde::Deserialize<'de> for OneWay {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map(Self).map_err(serde::de::Error::custom)
    }
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Note {
    #[column(primary_key)]
    pub id: i64,
    #[column(json)]
    pub weight: Option<OneWay>,
}

schema_core::schema! {
    pub Notes { Note }
}

#[test]
fn an_insert_whose_value_is_not_read_as_it_was_written_says_that_the_row_is_there() {
    let db = Db::<Notes>::in_memory().unwrap();
    db.sqlite_raw(|sqlite| sqlite.execute_batch("CREATE TABLE notes (id INTEGER PRIMARY KEY, weight TEXT)"))
        .unwrap();
    let heavy = || NewNote {}.with(|n| n.weight.set(OneWay(7)));
    let error = NoteRepository::new(&db).insert(heavy()).unwrap_err().to_string();
    assert!(error.contains("notes.weight") && error.contains("the row was inserted, and stays"), "{error}");
    assert_eq!(Note::query().count(&db).unwrap(), 1);
    let undone = db.transaction(|tx| NoteRepository::new(tx).insert(heavy()));
    assert!(undone.unwrap_err().to_string().contains("unless a transaction around it is rolled back"));
    assert_eq!(Note::query().count(&db).unwrap(), 1);
}
