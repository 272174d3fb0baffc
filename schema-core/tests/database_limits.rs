//! Timeouts and cancelling, on a filled database in a file and in memory.
#![allow(missing_docs)]

mod support;

use std::{
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use schema_core::{CancelHandle, Db, Result, Table, query::Query};
use support::BOOKS;

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    pub author_id: Option<i64>,
}

schema_core::schema! {
    pub Shelf { Book }
}

const SHORT: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(600);

fn both(test: impl Fn(&Db<Shelf>)) {
    let folder = support::folder();
    for db in [Db::open(folder.path().join("shelf.db")).unwrap(), Db::in_memory().unwrap()] {
        db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
        test(&db);
        assert_usable(&db);
        db.close().unwrap();
    }
}

/// Every connection answers, and nothing is left of a limit.
fn assert_usable(db: &Db<Shelf>) {
    assert_eq!(Book::query().count(db).unwrap(), 500);
    db.transaction(|tx| {
        Book::update().set(|b| b.title.set("another")).filter(|b| b.id.eq(1)).run(tx)?;
        Book::update().set(|b| b.title.set("book 1")).filter(|b| b.id.eq(1)).run(tx)
    })
    .unwrap();
    assert_eq!(Book::query().filter(|b| b.title.eq("another")).count(db).unwrap(), 0);
    let steps: i64 = db
        .sqlite_raw(|connection| {
            connection.query_row(
                "WITH RECURSIVE up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up WHERE i < 100000) SELECT max(i) FROM up",
                [],
                |row| row.get(0),
            )
        })
        .unwrap();
    assert_eq!(steps, 100_000);
}

/// Reads 62,500 million rows.
fn endless() -> Query<(Book, Book, Book, Book)> {
    Book::query().cross_join::<Book>().cross_join::<Book>().cross_join::<Book>()
}

/// Inserts without end.
const ENDLESS_WRITE: &str = "
    WITH RECURSIVE up(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM up)
    INSERT INTO books (title) SELECT 'more ' || i FROM up";

fn write_endlessly(connection: &schema_core::rusqlite::Connection) -> schema_core::rusqlite::Result<usize> {
    connection.execute(ENDLESS_WRITE, [])
}

/// Cancels a moment after the work has begun.
fn cancelled_meanwhile<R>(work: impl FnOnce(&CancelHandle) -> R) -> R {
    let cancel = CancelHandle::new();
    thread::scope(|scope| {
        let other = cancel.clone();
        scope.spawn(move || {
            thread::sleep(SHORT);
            other.cancel();
        });
        work(&cancel)
    })
}

fn assert_timeout<R: std::fmt::Debug>(answer: Result<R>) {
    let error = answer.unwrap_err();
    assert!(error.is_timeout() && !error.is_cancelled() && !error.is_busy(), "{error}");
}

fn assert_cancelled<R: std::fmt::Debug>(answer: Result<R>) {
    let error = answer.unwrap_err();
    assert!(error.is_cancelled() && !error.is_timeout(), "{error}");
}

#[test]
fn a_query_that_takes_longer_than_its_timeout_is_ended() {
    both(|db| {
        let limited = db.with_timeout(SHORT);
        assert_timeout(endless().count(&limited));
        assert_timeout(endless().filter(|(a, b, c, d)| (a.id + b.id + c.id + d.id).lt(0)).all(&limited));
        assert_timeout(limited.read_transaction(|tx| endless().count(tx)));
        let error = endless().count(&limited).unwrap_err().to_string();
        assert!(error.contains("100ms") && error.contains("undone"), "{error}");
        assert_usable(&db.with_timeout(LONG));
    });
}

#[test]
fn a_timeout_can_be_that_of_every_query() {
    let db = Db::<Shelf>::options().query_timeout(SHORT).in_memory().unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
    assert_timeout(endless().count(&db));
    assert_timeout(db.sqlite_raw(write_endlessly));
    assert_eq!(Book::query().count(&db.with_timeout(LONG)).unwrap(), 500);
}

#[test]
fn a_write_that_takes_too_long_is_undone() {
    both(|db| {
        let limited = db.with_timeout(SHORT);
        assert_timeout(limited.sqlite_raw(write_endlessly));
        assert_eq!(Book::query().count(db).unwrap(), 500);
    });
}

#[test]
fn a_write_that_takes_too_long_takes_its_transaction_with_it() {
    both(|db| {
        let limited = db.with_timeout(SHORT);
        let answer = limited.transaction(|tx| {
            Book::delete().filter(|b| b.id.gt(100)).run(tx)?;
            tx.sqlite_raw(write_endlessly)
        });
        assert_timeout(answer);
        assert_eq!(Book::query().count(db).unwrap(), 500);

        let swallowed = limited.transaction(|tx| {
            Book::delete().filter(|b| b.id.gt(100)).run(tx)?;
            assert_timeout(tx.sqlite_raw(write_endlessly));
            Book::delete().filter(|b| b.id.gt(50)).run(tx).unwrap_err();
            Ok(())
        });
        assert!(swallowed.unwrap_err().to_string().contains("took too long"));
        assert_eq!(Book::query().count(db).unwrap(), 500);
    });
}

#[test]
fn a_read_that_takes_too_long_leaves_its_transaction_alone() {
    both(|db| {
        db.with_timeout(SHORT)
            .transaction(|tx| {
                Book::update().set(|b| b.title.set("kept")).filter(|b| b.id.eq(7)).run(tx)?;
                assert_timeout(endless().count(tx));
                Ok(())
            })
            .unwrap();
        assert_eq!(Book::query().filter(|b| b.title.eq("kept")).count(db).unwrap(), 1);
    });
}

#[test]
fn a_transaction_may_take_longer_than_each_of_its_calls() {
    both(|db| {
        let read = db.with_timeout(5 * SHORT).transaction(|tx| {
            let begun = Instant::now();
            while begun.elapsed() < 6 * SHORT {
                Book::query().count(tx)?;
            }
            Book::query().count(tx)
        });
        assert_eq!(read.unwrap(), 500);
    });
}

#[test]
fn a_call_inside_of_a_stream_leaves_the_limit_of_the_stream() {
    both(|db| {
        let answer = db.with_timeout(4 * SHORT).transaction(|tx| {
            endless().for_each(tx, |_| {
                assert_eq!(Book::query().count(tx)?, 500);
                Ok(())
            })
        });
        assert_timeout(answer);
    });
}

#[test]
fn another_thread_cancels_what_runs_and_nothing_else() {
    let folder = support::folder();
    let db = Db::<Shelf>::open(folder.path().join("shelf.db")).unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
    thread::scope(|scope| {
        let other = db.clone();
        let (done, ended) = mpsc::channel::<()>();
        scope.spawn(move || {
            while ended.try_recv() == Err(mpsc::TryRecvError::Empty) {
                assert_eq!(Book::query().count(&other).unwrap(), 500);
            }
        });
        for _ in 0..5 {
            assert_cancelled(cancelled_meanwhile(|cancel| endless().count(&db.with_cancel(cancel))));
        }
        done.send(()).unwrap();
    });
    assert_usable(&db);
}

#[test]
fn a_write_that_is_cancelled_is_undone() {
    both(|db| {
        assert_cancelled(cancelled_meanwhile(|cancel| db.with_cancel(cancel).sqlite_raw(write_endlessly)));
        assert_eq!(Book::query().count(db).unwrap(), 500);
        assert_cancelled(cancelled_meanwhile(|cancel| {
            db.with_cancel(cancel).transaction(|tx| {
                Book::delete().filter(|b| b.id.gt(100)).run(tx)?;
                tx.sqlite_raw(write_endlessly)
            })
        }));
        assert_eq!(Book::query().count(db).unwrap(), 500);
    });
}

#[test]
fn what_is_cancelled_between_two_calls_of_a_transaction_is_not_kept() {
    both(|db| {
        let cancel = CancelHandle::new();
        let answer = db.with_cancel(&cancel).transaction(|tx| {
            Book::delete().filter(|b| b.id.gt(100)).run(tx)?;
            cancel.cancel();
            Ok(())
        });
        assert_cancelled(answer);
        assert_eq!(Book::query().count(db).unwrap(), 500);
    });
}

#[test]
fn what_was_cancelled_before_is_refused() {
    both(|db| {
        let cancel = CancelHandle::new();
        let request = db.with_cancel(&cancel).with_timeout(LONG);
        assert_eq!(Book::query().count(&request).unwrap(), 500);
        cancel.clone().cancel();
        assert!(cancel.is_cancelled());
        assert_cancelled(Book::query().count(&request));
        assert_cancelled(Book::delete().all_rows().run(&request));
        assert_cancelled(request.transaction(|_| Ok(())));
        assert_cancelled(request.sqlite_raw(|_| Ok(())));
        assert_eq!(Book::query().count(&request.with_cancel(&CancelHandle::new())).unwrap(), 500);
    });
}

#[test]
fn a_stream_ends_when_it_is_cancelled() {
    both(|db| {
        let cancel = CancelHandle::new();
        let mut read = 0;
        let answer = endless().for_each(&db.with_cancel(&cancel), |_| {
            read += 1;
            if read == 1000 {
                cancel.cancel();
            }
            Ok(())
        });
        assert_cancelled(answer);
    });
}

#[test]
fn waiting_for_another_thread_ends_with_the_timeout_and_with_cancelling() {
    both(|db| {
        db.transaction(|_| {
            thread::scope(|scope| {
                let waited = scope
                    .spawn(|| db.with_timeout(SHORT).transaction(|_| Ok(())).unwrap_err())
                    .join()
                    .unwrap();
                assert!(waited.is_busy(), "{waited}");
                assert!(waited.to_string().contains("100ms"), "{waited}");
                let write = |cancel: &CancelHandle| Book::delete().all_rows().run(&db.with_cancel(cancel));
                let cancelled = scope.spawn(move || cancelled_meanwhile(write)).join().unwrap();
                assert_cancelled(cancelled);
            });
            Ok(())
        })
        .unwrap();
    });
}
