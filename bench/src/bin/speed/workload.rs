//! What is measured: each function does the same work as the C command of its name.

use std::time::Instant;

use schema_core::{Db, Result};

use crate::models::{
    Measured, NewSmall, NewTarget, NewWide, SmallRepository, TargetRepository, WideRepository,
};

/// Rows of the tables that are read.
pub(crate) const ROWS: i64 = 10_000;

/// Makes the tables and fills those that are read.
pub(crate) fn prepare(db: &Db<Measured>) -> Result<()> {
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE small (id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount INTEGER NOT NULL);
             CREATE TABLE target (id INTEGER PRIMARY KEY, name TEXT NOT NULL, amount INTEGER NOT NULL);
             CREATE TABLE wide (
                 id INTEGER PRIMARY KEY, title TEXT NOT NULL, author TEXT NOT NULL, language TEXT NOT NULL,
                 subject TEXT NOT NULL, year INTEGER NOT NULL, pages INTEGER NOT NULL, copies INTEGER NOT NULL,
                 price REAL NOT NULL, rating REAL NOT NULL, note TEXT, available INTEGER NOT NULL);",
        )
    })?;
    SmallRepository::new(db)
        .insert_many((0..ROWS).map(|n| NewSmall { name: format!("name {n}"), amount: n }))?;
    WideRepository::new(db).insert_many((0..ROWS).map(|n| {
        NewWide {
            title: format!("The title of book number {n}"),
            author: format!("Author {}", n % 500),
            language: "en".to_owned(),
            subject: "Novel; Social class".to_owned(),
            year: 1800 + n % 120,
            pages: 100 + n % 900,
            copies: n % 7,
            price: n as f64 / 100.0,
            rating: 4.5,
            available: n % 2 == 0,
        }
        .with(|w| w.note.set((n % 3 == 0).then(|| "a note".to_owned())))
    }))?;
    Ok(())
}

fn timed(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_nanos() as f64)
}

/// The same ids as the C program's, in the same order.
fn ids(count: i64) -> impl Iterator<Item = i64> {
    let mut random = 1_u32;
    (0..count).map(move |_| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        1 + i64::from(random) % ROWS
    })
}

pub(crate) fn lookup(db: &Db<Measured>, count: i64) -> Result<f64> {
    db.read_transaction(|tx| {
        let wide = WideRepository::new(tx);
        timed(|| ids(count).try_for_each(|id| wide.get(id).map(|row| drop(std::hint::black_box(row)))))
    })
}

pub(crate) fn load_small(db: &Db<Measured>) -> Result<f64> {
    timed(|| SmallRepository::new(db).list().map(|rows| drop(std::hint::black_box(rows))))
}

pub(crate) fn load_wide(db: &Db<Measured>) -> Result<f64> {
    timed(|| WideRepository::new(db).list().map(|rows| drop(std::hint::black_box(rows))))
}

pub(crate) fn insert(db: &Db<Measured>, count: i64) -> Result<f64> {
    let targets = TargetRepository::new(db);
    let rows: Vec<NewTarget> =
        (0..count).map(|n| NewTarget { name: "a name of some length".to_owned(), amount: n }).collect();
    let took = timed(|| targets.insert_many(rows).map(drop))?;
    db.sqlite_raw(|connection| connection.execute_batch("DELETE FROM target"))?;
    Ok(took)
}

pub(crate) fn update(db: &Db<Measured>, count: i64) -> Result<f64> {
    db.transaction(|tx| {
        let small = SmallRepository::new(tx);
        timed(|| ids(count).zip(0..).try_for_each(|(id, n)| small.update(id, |s| s.amount.set(n))))
    })
}
