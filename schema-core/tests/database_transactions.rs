//! Transactions, savepoints, snapshots: what is kept, what is undone, and who waits for whom.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind};

use schema_core::{Db, Error, Result, ViolationKind, rusqlite};
use support::{Library, books, count, count_outside, filled, filled_memory, folder, insert, text};

/// Runs a test on a file and in memory.
fn on_both(test: impl Fn(&Db<Library>)) {
    let folder = folder();
    test(&filled(&folder));
    test(&filled_memory());
}

/// An error of the application's own.
#[derive(Debug, PartialEq)]
struct OutOfStock(u32);

impl std::fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} copies are missing", self.0)
    }
}

impl std::error::Error for OutOfStock {}

#[test]
fn an_error_of_the_applications_own_undoes_a_transaction_and_comes_back() {
    on_both(|db| {
        let error = db
            .transaction(|tx| {
                tx.sqlite_raw(insert("one"))?;
                Err::<(), _>(Error::other(OutOfStock(3)))
            })
            .unwrap_err();
        assert_eq!(error.downcast_ref(), Some(&OutOfStock(3)));
        assert_eq!(error.downcast_ref::<std::io::Error>().map(std::io::Error::kind), None);
        assert_eq!(error.to_string(), "3 copies are missing");
        assert!(std::error::Error::source(&error).is_none());
        assert_eq!(books(db), 500);
    });
}

#[test]
fn a_transaction_is_kept_whole() {
    let folder = folder();
    let db = filled(&folder);
    let answer = db
        .transaction(|tx| {
            tx.sqlite_raw(insert("one"))?;
            tx.sqlite_raw(insert("two"))?;
            assert_eq!(books(&db), 500, "a reader sees nothing before the end");
            assert_eq!(tx.sqlite_raw(count)?, 502);
            Ok("answer")
        })
        .unwrap();
    assert_eq!(answer, "answer");
    assert_eq!((books(&db), count_outside(db.path().unwrap())), (502, 502));
}

#[test]
fn an_error_undoes_a_transaction() {
    on_both(|db| {
        let error = db
            .transaction(|tx| {
                tx.sqlite_raw(insert("one"))?;
                tx.sqlite_raw(insert("book 7"))
            })
            .unwrap_err();
        let violation = error.violation().unwrap();
        assert_eq!(
            (violation.kind, violation.columns.as_slice()),
            (ViolationKind::Unique, &["title".to_owned()][..])
        );
        assert_eq!(books(db), 500);
        db.transaction(|tx| tx.sqlite_raw(insert("one"))).unwrap();
        assert_eq!(books(db), 501);
    });
}

#[test]
fn a_panic_undoes_a_transaction_and_the_handle_stays_usable() {
    on_both(|db| {
        for _ in 0..3 {
            let panic = catch_unwind(AssertUnwindSafe(|| {
                db.transaction(|tx| -> Result<()> {
                    tx.sqlite_raw(insert("one"))?;
                    panic!("in the middle");
                })
            }));
            assert!(panic.is_err());
            let panic = catch_unwind(AssertUnwindSafe(|| {
                db.read_transaction(|_| -> Result<()> { panic!("reading") })
            }));
            assert!(panic.is_err());
            let panic = catch_unwind(AssertUnwindSafe(|| {
                db.sqlite_raw(|connection| -> rusqlite::Result<()> {
                    connection.execute_batch("BEGIN; DELETE FROM books")?;
                    panic!("with a transaction open");
                })
            }));
            assert!(panic.is_err());
        }
        assert_eq!(books(db), 500);
        db.transaction(|tx| tx.sqlite_raw(insert("one"))).unwrap();
        assert_eq!(books(db), 501);
    });
}

#[test]
fn a_savepoint_is_undone_alone() {
    on_both(|db| {
        db.transaction(|tx| {
            tx.sqlite_raw(insert("before"))?;
            let error = tx
                .savepoint(|savepoint| {
                    savepoint.sqlite_raw(insert("inside"))?;
                    savepoint.savepoint(|inner| inner.sqlite_raw(insert("deep inside")))?;
                    Err::<(), _>(Error::other(OutOfStock(1)))
                })
                .unwrap_err();
            assert_eq!(error.downcast_ref(), Some(&OutOfStock(1)));
            assert_eq!(tx.sqlite_raw(count)?, 501);
            tx.savepoint(|savepoint| {
                savepoint.sqlite_raw(insert("kept"))?;
                let undone = savepoint.savepoint(|inner| {
                    inner.sqlite_raw(insert("undone"))?;
                    inner.sqlite_raw(insert("book 1"))
                });
                assert_eq!(undone.unwrap_err().violation().unwrap().kind, ViolationKind::Unique);
                savepoint.sqlite_raw(insert("kept too"))
            })?;
            tx.sqlite_raw(insert("after"))
        })
        .unwrap();
        let titles = db
            .sqlite_raw(|connection| {
                text(
                    connection,
                    "SELECT group_concat(title) FROM (SELECT title FROM books WHERE id > 500 ORDER BY id)",
                )
            })
            .unwrap();
        assert_eq!(titles, "before,kept,kept too,after");
    });
}

#[test]
fn a_panic_in_a_savepoint_undoes_it_alone() {
    on_both(|db| {
        db.transaction(|tx| {
            tx.sqlite_raw(insert("before"))?;
            let panic = catch_unwind(AssertUnwindSafe(|| {
                tx.savepoint(|savepoint| -> Result<()> {
                    savepoint.sqlite_raw(insert("inside"))?;
                    panic!("in the savepoint");
                })
            }));
            assert!(panic.is_err());
            tx.sqlite_raw(insert("after"))
        })
        .unwrap();
        assert_eq!(books(db), 502);
    });
}

#[test]
fn a_read_transaction_sees_one_state() {
    let folder = folder();
    let db = filled(&folder);
    db.read_transaction(|tx| {
        assert_eq!(tx.sqlite_raw(count)?, 500);
        db.transaction(|write| write.sqlite_raw(insert("meanwhile")))?;
        assert_eq!(tx.sqlite_raw(count)?, 500);
        assert_eq!(books(&db), 501, "another read sees the new state");
        Ok(())
    })
    .unwrap();
    assert_eq!(books(&db), 501);
}

#[test]
fn a_read_transaction_takes_its_state_when_it_begins() {
    let folder = folder();
    let db = filled(&folder);
    db.read_transaction(|tx| {
        db.transaction(|write| write.sqlite_raw(insert("meanwhile")))?;
        assert_eq!(tx.sqlite_raw(count)?, 500);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_read_transaction_cannot_write() {
    on_both(|db| {
        db.read_transaction(|tx| {
            for sql in
                ["DELETE FROM books", "CREATE TABLE new (id)", "DROP TABLE books", "PRAGMA user_version = 7"]
            {
                let error = tx.sqlite_raw(|connection| connection.execute_batch(sql)).unwrap_err();
                assert!(error.is_read_only(), "{sql}: {error:?}");
            }
            Ok(())
        })
        .unwrap();
        db.transaction(|tx| tx.sqlite_raw(insert("afterwards"))).unwrap();
        assert_eq!(books(db), 501);
    });
}

#[test]
fn a_transaction_that_sqlite_has_ended_does_not_go_on() {
    on_both(|db| {
        let error = db
            .transaction(|tx| {
                tx.sqlite_raw(insert("one"))?;
                let conflict = tx.sqlite_raw(|connection| {
                    connection.execute("INSERT OR ROLLBACK INTO books (title) VALUES ('book 1')", [])
                });
                assert_eq!(conflict.unwrap_err().violation().unwrap().kind, ViolationKind::Unique);
                let error = tx.sqlite_raw(insert("two")).unwrap_err();
                assert!(error.to_string().contains("has ended before its closure did"), "{error}");
                assert!(tx.savepoint(|_| Ok(())).is_err());
                Ok(())
            })
            .unwrap_err();
        assert!(error.to_string().contains("has ended before its closure did"), "{error}");
        assert_eq!(books(db), 500);
    });
}

#[test]
fn a_commit_of_ones_own_inside_is_an_error() {
    on_both(|db| {
        for sql in ["COMMIT", "ROLLBACK"] {
            let error =
                db.transaction(|tx| tx.sqlite_raw(|connection| connection.execute_batch(sql))).unwrap_err();
            assert!(error.to_string().contains("a COMMIT or ROLLBACK was run inside it"), "{error}");
            let error = db
                .transaction(|tx| {
                    tx.savepoint(|savepoint| savepoint.sqlite_raw(|connection| connection.execute_batch(sql)))
                })
                .unwrap_err();
            assert!(error.to_string().contains("a COMMIT or ROLLBACK was run inside it"), "{error}");
        }
        let error = db
            .transaction(|tx| {
                tx.savepoint(|savepoint| {
                    savepoint.sqlite_raw(|connection| connection.execute_batch("RELEASE nested"))
                })
            })
            .unwrap_err();
        assert!(error.to_string().contains("no such savepoint"), "{error}");
        assert_eq!(books(db), 500);
    });
}

#[test]
fn a_commit_that_fails_rolls_back_and_names_the_foreign_key() {
    on_both(|db| {
        let error = db
            .transaction(|tx| {
                tx.sqlite_raw(insert("one"))?;
                tx.sqlite_raw(|connection| {
                    connection.execute("INSERT INTO books (title, author_id) VALUES ('two', 99)", [])
                })
            })
            .unwrap_err();
        let violation = error.violation().unwrap();
        assert_eq!(violation.kind, ViolationKind::ForeignKey);
        assert_eq!(violation.table.as_deref(), Some("books"));
        assert_eq!(violation.columns, ["author_id"]);
        let message = error.to_string();
        assert!(message.contains("could not be committed and was rolled back"), "{message}");
        assert!(message.contains("`books.author_id` refers to `authors.id`"), "{message}");
        assert_eq!(books(db), 500);
        db.transaction(|tx| {
            tx.sqlite_raw(|connection| {
                connection.execute("INSERT INTO books (title, author_id) VALUES ('two', 99)", [])?;
                connection.execute("INSERT INTO authors VALUES (99, 'late')", [])
            })
        })
        .unwrap();
        assert_eq!(books(db), 501);
    });
}

#[test]
fn statements_of_ones_own_leave_no_transaction_open() {
    on_both(|db| {
        let error = db
            .sqlite_raw(|connection| {
                connection.execute_batch("BEGIN; INSERT INTO books (title) VALUES ('one')")
            })
            .unwrap_err();
        assert!(error.is_misuse());
        assert!(error.to_string().contains("left a transaction open; it was rolled back"), "{error}");
        assert_eq!(books(db), 500);
        let error = db
            .sqlite_raw(|connection| connection.execute_batch("BEGIN; DELETE FROM books; nonsense"))
            .unwrap_err();
        assert!(error.to_string().contains("nonsense"), "{error}");
        assert_eq!(books(db), 500);
    });
}

#[test]
fn foreign_keys_stay_on_whatever_is_done_to_the_connection() {
    on_both(|db| {
        db.sqlite_raw(|connection| connection.execute_batch("PRAGMA foreign_keys = OFF")).unwrap();
        let _ = db
            .sqlite_raw(|connection| connection.execute_batch("PRAGMA foreign_keys = OFF; BEGIN; nonsense"));
        db.sqlite_raw(|connection| {
            assert_eq!(text(connection, "PRAGMA foreign_keys")?, "1");
            Ok(())
        })
        .unwrap();
    });
}

#[test]
fn an_error_of_the_standard_library_undoes_a_transaction_and_comes_out_as_it_was() {
    on_both(|db| {
        let error = db
            .transaction(|tx| {
                tx.sqlite_raw(insert("one"))?;
                std::fs::read_to_string("/there/is/no/such/file")?;
                Ok(())
            })
            .unwrap_err();
        let cause = error.downcast_ref::<std::io::Error>().unwrap();
        assert_eq!(cause.kind(), std::io::ErrorKind::NotFound);
        assert_eq!(books(db), 500);
        let error = db.transaction(|_| Ok("five".parse::<i64>()?)).unwrap_err();
        assert!(error.downcast_ref::<std::num::ParseIntError>().is_some(), "{error:?}");
    });
}
