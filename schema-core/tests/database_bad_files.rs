//! What a person hears about a file that cannot be opened, and that it stays as it is.

mod support;

use std::{fs, path::Path, time::Duration};

use schema_core::{Db, Error, Schema, rusqlite};
use support::{
    Calibre, Helper, Library, Plex, books, filled_file, folder, path_of_child, say_and_wait, text,
};

fn refusal<S: Schema>(path: &Path) -> Error {
    Db::<S>::options().busy_timeout(Duration::from_millis(30)).open(path).unwrap_err()
}

fn assert_says(error: &Error, words: &[&str]) {
    let message = error.to_string();
    for word in words {
        assert!(message.contains(word), "`{word}` is missing in: {message}");
    }
}

#[test]
fn a_missing_folder_is_named_and_not_created() {
    let folder = folder();
    let path = folder.path().join("data/deep/library.db");
    let error = refusal::<Library>(&path);
    assert!(error.is_unusable(), "{error:?}");
    assert_says(&error, &["data/deep does not exist", "nothing was changed", "mkdir -p"]);
    assert!(!folder.path().join("data").exists());
}

#[test]
fn a_missing_file_is_created_only_where_it_may_be() {
    let folder = folder();
    let path = folder.path().join("library.db");
    for error in [
        Db::<Library>::options().create(false).open(&path).unwrap_err(),
        Db::<Library>::options().read_only(true).open(&path).unwrap_err(),
        refusal::<Calibre>(&path),
        refusal::<Plex>(&path),
    ] {
        assert!(error.is_unusable(), "{error:?}");
        assert_says(&error, &["library.db: there is no such file", "nothing was changed", "check the path"]);
    }
    assert!(!path.exists());
}

#[test]
fn a_folder_is_no_database() {
    let folder = folder();
    let error = refusal::<Library>(folder.path());
    assert!(error.is_unusable());
    assert_says(&error, &["this is a folder", "nothing was changed"]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_file_where_a_folder_should_be_is_told() {
    let folder = folder();
    let file = folder.path().join("library.db");
    fs::write(&file, "").unwrap();
    let error = refusal::<Library>(&file.join("library.db"));
    assert!(error.is_unusable());
    assert_says(&error, &["cannot be reached", "nothing was changed"]);
}

#[cfg(unix)]
#[test]
fn a_socket_or_pipe_is_no_database_and_is_not_waited_for() {
    let folder = folder();
    let path = folder.path().join("library.db");
    let _listener = std::os::unix::net::UnixListener::bind(&path).unwrap();
    assert_says(&refusal::<Library>(&path), &["no regular file", "nothing was changed"]);
}

#[test]
fn a_file_that_is_no_database_stays_as_it_is() {
    let folder = folder();
    let path = folder.path().join("library.db");
    let encrypted: Vec<u8> =
        (0..8192_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[1]).collect();
    for content in
        [b"short".to_vec(), b"a text file, longer than a header of SQLite\n".repeat(200), encrypted]
    {
        fs::write(&path, &content).unwrap();
        for error in [refusal::<Library>(&path), refusal::<Calibre>(&path), refusal::<Plex>(&path)] {
            assert!(error.is_unusable(), "{error:?}");
            assert_says(
                &error,
                &["library.db", "no SQLite database, or it is encrypted", "nothing was changed"],
            );
        }
        assert!(fs::read(&path).unwrap() == content, "the file was changed");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a journal was left behind");
}

#[test]
fn a_damaged_schema_is_found_on_opening() {
    let folder = folder();
    let path = filled_file(&folder);
    let mut content = fs::read(&path).unwrap();
    // The table's text, in the schema on the first page.
    let at = content.windows(12).position(|window| window == b"CREATE TABLE").unwrap();
    content[at..at + 12].copy_from_slice(b"CREATE TIBLE");
    fs::write(&path, &content).unwrap();
    let error = refusal::<Library>(&path);
    assert!(error.is_unusable(), "{error:?}");
    assert_says(&error, &["library.db", "damaged", "restore a backup"]);
    assert!(fs::read(&path).unwrap() == content, "the file was changed");
}

#[test]
fn a_damaged_table_is_an_error_where_it_is_read() {
    let folder = folder();
    let path = filled_file(&folder);
    let mut content = fs::read(&path).unwrap();
    let pages = content.len() / 4096;
    assert!(pages > 4, "{pages} pages");
    content[2 * 4096..].fill(0x5a);
    fs::write(&path, &content).unwrap();
    let db = Db::<Library>::open(&path).unwrap();
    let error = db
        .read_transaction(|tx| {
            tx.sqlite_raw(|connection| text(connection, "SELECT group_concat(title) FROM books NOT INDEXED"))
        })
        .unwrap_err();
    assert!(error.is_unusable(), "{error:?}");
    assert_says(&error, &["damaged", "restore a backup"]);
}

#[test]
fn a_file_cut_short_is_an_error() {
    let folder = folder();
    let path = filled_file(&folder);
    let content = fs::read(&path).unwrap();
    // One byte is an empty file to SQLite, on purpose.
    for length in [2, 50, 99, 100, 512, 4095, content.len() / 2, content.len() - 4096] {
        fs::write(&path, &content[..length]).unwrap();
        let error = refusal::<Library>(&path);
        assert!(error.is_unusable(), "{length} bytes: {error:?}");
        assert!(fs::read(&path).unwrap() == content[..length], "the file was changed");
    }
}

#[test]
fn a_locked_file_is_busy_and_says_what_to_do() {
    let folder = folder();
    let path = filled_file(&folder);
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    for error in [refusal::<Library>(&path), refusal::<Calibre>(&path), refusal::<Plex>(&path)] {
        assert!(error.is_busy(), "{error:?}");
        assert_says(
            &error,
            &["opening", "library.db", "in use by another connection", "nothing was changed"],
        );
    }
    other.execute_batch("ROLLBACK").unwrap();
    // A reader keeps the journal mode from being changed.
    other.execute_batch("BEGIN; SELECT * FROM books").unwrap();
    assert!(refusal::<Library>(&path).is_busy());
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(books(&Db::<Library>::open(&path).unwrap()), 500);
}

#[test]
fn a_file_that_another_process_holds_is_busy() {
    let folder = folder();
    let path = filled_file(&folder);
    let helper = Helper::start("holds_the_file", &path, "holding");
    assert!(refusal::<Library>(&path).is_busy());
    helper.finish();
    assert_eq!(books(&Db::<Library>::open(&path).unwrap()), 501);
}

#[test]
#[ignore = "run in another process by a_file_that_another_process_holds_is_busy"]
fn holds_the_file() {
    let connection = rusqlite::Connection::open(path_of_child()).unwrap();
    connection.execute_batch("BEGIN EXCLUSIVE; INSERT INTO books (title) VALUES ('held')").unwrap();
    say_and_wait("holding");
    connection.execute_batch("COMMIT").unwrap();
}

#[test]
fn a_write_that_was_interrupted_is_rolled_back_by_whoever_may_write() {
    let folder = folder();
    let path = filled_file(&folder);
    Helper::start("is_interrupted", &path, "half-way").kill();
    assert!(folder.path().join("library.db-journal").exists());
    let error = refusal::<Calibre>(&path);
    assert!(error.is_unusable(), "{error:?}");
    assert_says(&error, &["was interrupted", "rolled back first", "nothing was changed", "that owns it"]);
    let db = Db::<Library>::open(&path).unwrap();
    let half_way = "SELECT count(*) FROM books WHERE title LIKE '%half-way'";
    assert_eq!(db.sqlite_raw(|connection| text(connection, half_way)).unwrap(), "0");
    assert_eq!(books(&db), 500);
}

#[test]
#[ignore = "run in another process by a_write_that_was_interrupted_is_rolled_back_by_whoever_may_write"]
fn is_interrupted() {
    let connection = rusqlite::Connection::open(path_of_child()).unwrap();
    // So small a cache that changed pages reach the file before the end.
    connection
        .execute_batch("PRAGMA cache_size = 1; BEGIN; UPDATE books SET title = title || ' half-way'")
        .unwrap();
    say_and_wait("half-way");
}
