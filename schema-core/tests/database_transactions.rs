//! Transactions, savepoints, snapshots: what is kept, what is undone, and who waits for whom.

mod support;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::Duration,
};

use schema_core::{Db, Error, Result, ViolationKind, rusqlite};
use support::{
    Helper, Library, books, count, count_outside, filled, filled_file, filled_memory, folder, insert,
    path_of_child, say_and_wait, text,
};

const SHORT: Duration = Duration::from_millis(30);

/// Runs a test on a file and in memory.
fn on_both(test: impl Fn(&Db<Library>)) {
    let folder = folder();
    test(&filled(&folder));
    test(&filled_memory());
}

fn own_error() -> Error {
    Db::<Library>::options().readers(0).in_memory().unwrap_err()
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
                    Err::<(), _>(own_error())
                })
                .unwrap_err();
            assert!(error.is_misuse());
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
fn the_handle_may_not_be_used_inside_the_transaction_of_its_thread() {
    let folder = folder();
    let db = filled(&folder);
    let clone = db.clone();
    db.transaction(|tx| {
        tx.sqlite_raw(insert("one"))?;
        for error in [
            db.transaction(|_| Ok(())).unwrap_err(),
            clone.transaction(|_| Ok(())).unwrap_err(),
            clone.transaction_retry(|_| Ok(())).unwrap_err(),
            clone.sqlite_raw(insert("two")).unwrap_err(),
        ] {
            assert!(error.is_misuse(), "{error:?}");
            assert!(error.to_string().contains("pass `tx`"), "{error}");
        }
        // Reading is another connection, which sees what is kept.
        assert_eq!(books(&db), 500);
        // Another thread is not this one: it waits.
        thread::scope(|scope| {
            let waiting = Db::<Library>::options().busy_timeout(SHORT).open(db.path().unwrap())?;
            let error = scope.spawn(move || waiting.sqlite_raw(insert("two"))).join().unwrap().unwrap_err();
            assert!(error.is_busy(), "{error:?}");
            Ok(())
        })
    })
    .unwrap();
    assert_eq!(books(&db), 501);
    db.sqlite_raw(|_| {
        assert!(clone.transaction(|_| Ok(())).unwrap_err().is_misuse());
        Ok(())
    })
    .unwrap();
    clone.transaction(|tx| tx.sqlite_raw(insert("two"))).unwrap();
}

#[test]
fn a_database_in_memory_may_not_even_be_read_inside() {
    let db = filled_memory();
    db.transaction(|tx| {
        let error = db.read_transaction(|_| Ok(())).unwrap_err();
        assert!(error.is_misuse(), "{error:?}");
        assert!(error.to_string().contains("one connection"), "{error}");
        assert!(db.transaction(|_| Ok(())).unwrap_err().is_misuse());
        tx.sqlite_raw(insert("one"))
    })
    .unwrap();
    db.read_transaction(|_| {
        assert!(db.read_transaction(|_| Ok(())).unwrap_err().is_misuse());
        assert!(db.sqlite_raw(count).unwrap_err().is_misuse());
        Ok(())
    })
    .unwrap();
    assert_eq!(books(&db), 501);
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
fn another_thread_is_waited_for() {
    on_both(|db| {
        let (held, wait) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || {
                db.transaction(|tx| {
                    tx.sqlite_raw(insert("first"))?;
                    held.send(()).unwrap();
                    thread::sleep(SHORT);
                    Ok(())
                })
                .unwrap();
            });
            wait.recv().unwrap();
            let seen = db
                .transaction(|tx| {
                    tx.sqlite_raw(insert("second"))?;
                    tx.sqlite_raw(count)
                })
                .unwrap();
            assert_eq!(seen, 502);
        });
    });
}

#[test]
fn another_thread_that_does_not_end_is_busy() {
    let folder = folder();
    let db = Db::<Library>::options().busy_timeout(SHORT).open(filled_file(&folder)).unwrap();
    let (held, wait) = mpsc::channel();
    let (let_go, go_on) = mpsc::channel::<()>();
    thread::scope(|scope| {
        let db = &db;
        scope.spawn(move || {
            db.transaction(|tx| {
                tx.sqlite_raw(insert("first"))?;
                held.send(()).unwrap();
                let _ = go_on.recv();
                Ok(())
            })
            .unwrap();
        });
        wait.recv().unwrap();
        for error in [
            db.transaction(|_| Ok(())).unwrap_err(),
            db.transaction_retry(|_| Ok(())).unwrap_err(),
            db.sqlite_raw(count).unwrap_err(),
        ] {
            assert!(error.is_busy(), "{error:?}");
            let message = error.to_string();
            assert!(
                message.contains("another thread") && message.contains("nothing was changed"),
                "{message}"
            );
        }
        assert_eq!(books(db), 500, "reading goes on");
        drop(let_go);
    });
    db.transaction(|tx| tx.sqlite_raw(insert("second"))).unwrap();
    assert_eq!(books(&db), 502);
}

#[test]
fn readers_that_are_all_lent_are_busy() {
    let folder = folder();
    let db = Db::<Library>::options().readers(2).busy_timeout(SHORT).open(filled_file(&folder)).unwrap();
    db.read_transaction(|_| {
        db.read_transaction(|tx| {
            assert_eq!(tx.sqlite_raw(count)?, 500);
            let error = db.read_transaction(|_| Ok(())).unwrap_err();
            assert!(error.is_busy(), "{error:?}");
            assert!(error.to_string().contains("OpenOptions::readers"), "{error}");
            Ok(())
        })
    })
    .unwrap();
    let one = Db::<Library>::options().readers(1).open(db.path().unwrap()).unwrap();
    one.read_transaction(|_| {
        assert!(one.read_transaction(|_| Ok(())).unwrap_err().is_misuse(), "waiting for oneself");
        Ok(())
    })
    .unwrap();
}

#[test]
fn another_process_is_waited_for_until_the_deadline() {
    let folder = folder();
    let db = Db::<Library>::options().busy_timeout(SHORT).open(filled_file(&folder)).unwrap();
    let helper = Helper::start("writes_slowly", db.path().unwrap(), "writing");
    for error in [
        db.transaction(|_| Ok(())).unwrap_err(),
        db.transaction_retry(|_| Ok(())).unwrap_err(),
        db.sqlite_raw(insert("one")).unwrap_err(),
    ] {
        assert!(error.is_busy(), "{error:?}");
        let message = error.to_string();
        assert!(
            message.contains("another connection") && message.contains("nothing was changed"),
            "{message}"
        );
    }
    assert_eq!(books(&db), 500, "reading goes on");
    let patient =
        Db::<Library>::options().busy_timeout(Duration::from_secs(60)).open(db.path().unwrap()).unwrap();
    thread::scope(|scope| {
        let waiting = scope.spawn(|| patient.transaction(|tx| tx.sqlite_raw(insert("one"))));
        helper.finish();
        waiting.join().unwrap().unwrap();
    });
    assert_eq!(books(&db), 502);
}

#[test]
fn a_process_that_is_killed_in_a_transaction_leaves_nothing() {
    let folder = folder();
    let db = filled(&folder);
    Helper::start("writes_slowly", db.path().unwrap(), "writing").kill();
    db.transaction(|tx| tx.sqlite_raw(insert("one"))).unwrap();
    assert_eq!(books(&db), 501);
}

#[test]
#[ignore = "run in another process"]
fn writes_slowly() {
    let db = Db::<Library>::open(path_of_child()).unwrap();
    db.transaction(|tx| {
        tx.sqlite_raw(insert("of another process"))?;
        say_and_wait("writing");
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_transaction_is_run_anew_only_where_that_was_asked_for() {
    let folder = folder();
    let db = filled(&folder);
    // A second database whose lock is in the way twice.
    let beside = folder.path().join("beside.db");
    let holder = rusqlite::Connection::open(&beside).unwrap();
    holder.execute_batch("CREATE TABLE t (a); BEGIN IMMEDIATE").unwrap();
    let beside = rusqlite::Connection::open(&beside).unwrap();
    beside.busy_timeout(Duration::ZERO).unwrap();
    let mut runs = 0;
    let mut work = |tx: &schema_core::Tx<'_, Library>| {
        runs += 1;
        tx.sqlite_raw(insert(&format!("run {runs}")))?;
        if runs == 4 {
            holder.execute_batch("ROLLBACK")?;
        }
        tx.sqlite_raw(|_| beside.execute("INSERT INTO t VALUES (1)", []).map(drop))
    };
    assert!(db.transaction(&mut work).unwrap_err().is_busy());
    db.transaction_retry(&mut work).unwrap();
    assert_eq!(runs, 4);
    let titles =
        db.sqlite_raw(|connection| text(connection, "SELECT group_concat(title) FROM books WHERE id > 500"));
    assert_eq!(titles.unwrap(), "run 4");
}
