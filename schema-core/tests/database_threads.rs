//! Many threads on one handle.

mod support;

use std::{
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use schema_core::{Db, rusqlite};
use support::{BOOKS, Library, books, filled, filled_memory, folder, insert};

fn balance(connection: &rusqlite::Connection) -> rusqlite::Result<(i64, i64)> {
    Ok((
        connection.query_row("SELECT sum(amount) FROM accounts", [], |row| row.get(0))?,
        connection.query_row("SELECT count(*) FROM transfers", [], |row| row.get(0))?,
    ))
}

#[test]
fn a_handle_can_go_to_any_thread() {
    fn any_thread<T: Send + Sync + Clone + 'static>(_: &T) {}
    any_thread(&Db::<Library>::in_memory().unwrap());
}

#[test]
fn readers_never_see_half_a_transaction() {
    const TRANSFERS: i64 = 300;
    let folder = folder();
    let db = filled(&folder);
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE accounts (id INTEGER PRIMARY KEY, amount INTEGER NOT NULL);
             CREATE TABLE transfers (id INTEGER PRIMARY KEY);
             WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 100)
             INSERT INTO accounts SELECT i, 10 FROM up;",
        )
    })
    .unwrap();
    let (done, reads) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let mut last = 0;
                while !done.load(Ordering::Relaxed) {
                    let (sum, transfers) = db.read_transaction(|tx| tx.sqlite_raw(balance)).unwrap();
                    assert_eq!(sum, 1_000);
                    assert!(transfers >= last, "a reader went back in time");
                    last = transfers;
                    reads.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for at in 0..TRANSFERS {
            db.transaction(|tx| {
                tx.sqlite_raw(|connection| {
                    let (from, to) = (1 + at % 100, 1 + (at * 7) % 100);
                    connection.execute("UPDATE accounts SET amount = amount - 3 WHERE id = ?", [from])?;
                    connection.execute("UPDATE accounts SET amount = amount + 3 WHERE id = ?", [to])?;
                    connection.execute("INSERT INTO transfers DEFAULT VALUES", [])
                })
            })
            .unwrap();
        }
        while reads.load(Ordering::Relaxed) < 100 {
            thread::yield_now();
        }
        done.store(true, Ordering::Relaxed);
    });
    assert_eq!(db.sqlite_raw(balance).unwrap(), (1_000, TRANSFERS));
}

#[test]
fn writers_take_turns() {
    for db in [filled_memory(), filled(&folder())] {
        thread::scope(|scope| {
            for writer in 0..8 {
                let db = &db;
                scope.spawn(move || {
                    for at in 0..50 {
                        db.transaction(|tx| tx.sqlite_raw(insert(&format!("{writer} {at}")))).unwrap();
                    }
                });
            }
        });
        assert_eq!(books(&db), 900);
    }
}

#[test]
fn handles_of_one_file_take_turns() {
    let folder = folder();
    let db = filled(&folder);
    thread::scope(|scope| {
        for writer in 0..4 {
            let path = db.path().unwrap();
            scope.spawn(move || {
                let own = Db::<Library>::open(path).unwrap();
                for at in 0..25 {
                    own.transaction(|tx| tx.sqlite_raw(insert(&format!("{writer} {at}")))).unwrap();
                }
                own.close().unwrap();
            });
        }
    });
    assert_eq!(books(&db), 600);
}

#[test]
fn a_thread_that_writes_in_a_loop_does_not_starve_another() {
    let db = filled_memory();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        for greedy in 0..2 {
            let (db, done) = (&db, &done);
            scope.spawn(move || {
                let mut at = 0;
                while !done.load(Ordering::Relaxed) {
                    at += 1;
                    db.transaction(|tx| {
                        tx.sqlite_raw(insert(&format!("greedy {greedy} {at}")))?;
                        thread::sleep(std::time::Duration::from_millis(2));
                        Ok(())
                    })
                    .unwrap();
                }
            });
        }
        for at in 0..20 {
            db.transaction(|tx| tx.sqlite_raw(insert(&format!("modest {at}")))).unwrap();
        }
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn one_reader_serves_many_threads() {
    let folder = folder();
    filled(&folder).close().unwrap();
    let db = Db::<Library>::options().readers(1).open(folder.path().join("library.db")).unwrap();
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..200 {
                    assert_eq!(books(&db), 500);
                }
            });
        }
    });
}

#[test]
fn a_change_of_the_schema_reaches_every_reader() {
    let folder = folder();
    let db = Db::<Library>::open(folder.path().join("new.db")).unwrap();
    let missing = db.read_transaction(|tx| tx.sqlite_raw(support::count)).unwrap_err();
    assert!(missing.is_behind_schema(), "{missing:?}");
    db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| assert_eq!(books(&db), 500));
        }
    });
}
