//! Who waits for whom, and who is told at once that he would wait for himself.

mod support;

use std::{sync::mpsc, thread, time::Duration};

use schema_core::{Db, rusqlite};
use support::{
    Helper, Library, books, count, filled, filled_file, filled_memory, folder, insert, path_of_child,
    say_and_wait, text,
};

const SHORT: Duration = Duration::from_millis(30);

/// Runs a test on a file and in memory.
fn on_both(test: impl Fn(&Db<Library>)) {
    let folder = folder();
    test(&filled(&folder));
    test(&filled_memory());
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
