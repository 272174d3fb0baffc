//! Copies of a database, and closing it.

mod support;

use std::fs;

use schema_core::Db;
use support::{Library, books, count_outside, filled, filled_memory, folder, insert, text};

#[test]
fn a_copy_holds_every_row_and_is_one_file() {
    let folder = folder();
    let db = filled(&folder);
    db.transaction(|tx| tx.sqlite_raw(insert("only in the write-ahead log"))).unwrap();
    let target = folder.path().join("copy.db");
    let mut seen = Vec::new();
    db.copy_to(&target, |progress| seen.push(progress)).unwrap();
    let last = seen.last().unwrap();
    assert!(last.done == last.total && last.total > 4, "{last:?}");
    assert!(seen.windows(2).all(|pair| pair[0].done <= pair[1].done));
    assert_eq!(count_outside(&target), 501);
    let copy = schema_core::rusqlite::Connection::open(&target).unwrap();
    assert_eq!(text(&copy, "PRAGMA journal_mode").unwrap(), "delete");
    assert_eq!(text(&copy, "PRAGMA integrity_check").unwrap(), "ok");
    drop(copy);
    let mut names: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("copy"))
        .collect();
    names.sort();
    assert_eq!(names, ["copy.db"]);
}

#[test]
fn a_copy_is_the_state_at_its_beginning() {
    let folder = folder();
    let db = filled(&folder);
    // Enough pages for several steps.
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE covers (id INTEGER PRIMARY KEY, image BLOB);
             WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 3000)
             INSERT INTO covers SELECT i, zeroblob(4000) FROM up;",
        )
    })
    .unwrap();
    let target = folder.path().join("copy.db");
    let mut steps = 0;
    db.copy_to(&target, |_| {
        steps += 1;
        db.transaction(|tx| tx.sqlite_raw(insert(&format!("during the copy {steps}")))).unwrap();
    })
    .unwrap();
    assert!(steps > 1, "the copy was made in one step");
    assert_eq!((count_outside(&target), books(&db)), (500, 500 + steps));
}

#[test]
fn a_database_in_memory_can_be_copied_into_a_file() {
    let folder = folder();
    let target = folder.path().join("copy.db");
    let db = filled_memory();
    db.copy_to(&target, |_| ()).unwrap();
    assert_eq!(books(&Db::<Library>::open(&target).unwrap()), 500);
    db.transaction(|tx| tx.sqlite_raw(insert("afterwards"))).unwrap();
}

#[test]
fn a_copy_never_overwrites() {
    let folder = folder();
    let db = filled(&folder);
    let target = folder.path().join("copy.db");
    fs::write(&target, "precious").unwrap();
    for target in [target.as_path(), db.path().unwrap(), folder.path()] {
        let error = db.copy_to(target, |_| ()).unwrap_err();
        assert!(error.is_unusable(), "{error:?}");
        assert!(error.to_string().contains("it exists already; nothing was copied"), "{error}");
    }
    assert_eq!(fs::read(&target).unwrap(), b"precious");
    assert_eq!(books(&db), 500);
}

#[test]
fn a_copy_into_a_missing_folder_leaves_nothing() {
    let folder = folder();
    let db = filled(&folder);
    let error = db.copy_to(folder.path().join("missing/copy.db"), |_| ()).unwrap_err();
    assert!(error.is_unusable(), "{error:?}");
    assert!(error.to_string().contains("missing/copy.db"), "{error}");
    assert!(!folder.path().join("missing").exists());
}

#[test]
fn what_a_broken_copy_left_behind_is_replaced() {
    let folder = folder();
    let db = filled(&folder);
    let target = folder.path().join("copy.db");
    fs::write(folder.path().join("copy.db.partial"), "half").unwrap();
    fs::write(folder.path().join("copy.db.partial-journal"), "half a journal").unwrap();
    db.copy_to(&target, |_| ()).unwrap();
    assert_eq!(count_outside(&target), 500);
    assert!(!folder.path().join("copy.db.partial-journal").exists());
}

#[test]
fn a_panic_while_copying_leaves_the_handle_usable() {
    let folder = folder();
    let db = filled(&folder);
    let target = folder.path().join("copy.db");
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        db.copy_to(&target, |_| panic!("in the callback"))
    }));
    assert!(panic.is_err());
    assert!(!target.exists());
    db.copy_to(&target, |_| ()).unwrap();
    assert_eq!(count_outside(&target), 500);
}

#[test]
fn closing_moves_the_write_ahead_log_into_the_file() {
    let folder = folder();
    let db = filled(&folder);
    db.transaction(|tx| tx.sqlite_raw(insert("one"))).unwrap();
    assert_eq!(books(&db), 501);
    let path = db.path().unwrap().to_owned();
    db.close().unwrap();
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "-wal or -shm is left");
    assert_eq!(count_outside(&path), 501);
}

#[test]
fn dropping_the_last_clone_closes_too() {
    let folder = folder();
    let db = filled(&folder);
    let clone = db.clone();
    drop(db);
    assert_eq!(books(&clone), 500);
    drop(clone);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "-wal or -shm is left");
}

#[test]
fn closing_beside_clones_says_so_and_leaves_them_open() {
    let folder = folder();
    let db = filled(&folder);
    let (first, second) = (db.clone(), db.clone());
    let error = db.close().unwrap_err();
    assert!(error.is_misuse());
    assert!(error.to_string().contains("the handle has 2 other clones"), "{error}");
    assert_eq!((books(&first), books(&second)), (500, 500));
}

#[test]
fn a_statement_that_was_never_dropped_is_named_on_closing() {
    let folder = folder();
    let db = filled(&folder);
    db.sqlite_raw(|connection| {
        std::mem::forget(connection.prepare("SELECT title FROM books WHERE id = 7")?);
        Ok(())
    })
    .unwrap();
    let error = db.close().unwrap_err();
    let message = error.to_string();
    assert!(message.contains("cannot be closed"), "{message}");
    assert!(message.contains("`SELECT title FROM books WHERE id = 7`"), "{message}");
}
