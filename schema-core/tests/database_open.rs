//! Opening: what a good file becomes, and what a person hears about a bad one.

mod support;

use std::fs;

use schema_core::{
    Db, Error,
    rusqlite::{self, config::DbConfig},
};
use support::{
    BOOKS, Calibre, Library, Plex, books, count, count_outside, filled, filled_file, folder, insert, text,
};

fn assert_says(error: &Error, words: &[&str]) {
    let message = error.to_string();
    for word in words {
        assert!(message.contains(word), "`{word}` is missing in: {message}");
    }
}

#[test]
fn a_new_file_is_created_with_the_settings_that_we_promise() {
    let folder = folder();
    let path = folder.path().join("library.db");
    let db = Db::<Library>::open(format!("sqlite:{}", path.display())).unwrap();
    assert_eq!(db.path(), Some(path.as_path()));
    assert!(!db.is_read_only());
    db.sqlite_raw(|connection| {
        for (pragma, value) in [
            ("journal_mode", "wal"),
            ("synchronous", "1"),
            ("foreign_keys", "1"),
            ("busy_timeout", "5000"),
            ("journal_size_limit", "67108864"),
            ("trusted_schema", "0"),
        ] {
            assert_eq!(text(connection, &format!("PRAGMA {pragma}"))?, value, "{pragma}");
        }
        assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG)?);
        assert!(!connection.db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML)?);
        assert!(!connection.db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL)?);
        connection.execute_batch(BOOKS)
    })
    .unwrap();
    db.read_transaction(|tx| {
        tx.sqlite_raw(|connection| {
            assert!(connection.is_readonly("main")?);
            assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG)?);
            assert!(!connection.db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML)?);
            assert_eq!(text(connection, "PRAGMA trusted_schema")?, "0");
            assert_eq!(text(connection, "PRAGMA busy_timeout")?, "5000");
            Ok(())
        })
    })
    .unwrap();
    db.close().unwrap();
    assert_eq!(count_outside(&path), 500);
}

#[test]
fn a_database_in_memory_enforces_foreign_keys_too() {
    let db = Db::<Library>::open("sqlite::memory:").unwrap();
    assert_eq!(db.path(), None);
    db.sqlite_raw(|connection| {
        assert_eq!(text(connection, "PRAGMA foreign_keys")?, "1");
        assert_eq!(text(connection, "PRAGMA trusted_schema")?, "0");
        assert!(!connection.db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML)?);
        assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG)?);
        connection.execute_batch(BOOKS)
    })
    .unwrap();
    assert_eq!(books(&db), 500);
    assert!(Db::<Library>::options().read_only(true).in_memory().unwrap_err().is_misuse());
}

#[test]
fn two_databases_in_memory_are_two() {
    let first = support::filled_memory();
    let second = Db::<Library>::in_memory().unwrap();
    let tables: i64 = second
        .sqlite_raw(|connection| {
            connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        })
        .unwrap();
    assert_eq!((books(&first), books(&first.clone()), tables), (500, 500, 0));
}

#[test]
fn every_way_of_writing_the_path_means_the_same_file() {
    let folder = folder();
    let path = filled_file(&folder);
    let shown = path.display();
    for url in [
        format!("{shown}"),
        format!("sqlite:{shown}"),
        format!("sqlite://{shown}"),
        format!("SQLite:{shown}"),
    ] {
        assert_eq!(books(&Db::<Library>::open(&url).unwrap()), 500, "{url}");
    }
    assert_eq!(books(&Db::<Library>::open(path.as_path()).unwrap()), 500);
    for wrong in ["", "sqlite:", "sqlite:a.db?mode=ro", "file:a.db", "postgres://localhost/library"] {
        let error = Db::<Library>::open(wrong).unwrap_err();
        assert!(error.is_misuse(), "{wrong}: {error}");
    }
}

#[cfg(unix)]
#[test]
fn a_path_need_not_be_utf8() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let path = folder.path().join(std::ffi::OsStr::from_bytes(b"b\xfccher.db"));
    // macOS refuses such names.
    if fs::write(&path, "").is_err() {
        return;
    }
    let db = Db::<Library>::open(&path).unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
    assert_eq!(books(&db), 500);
    db.close().unwrap();
    assert!(fs::metadata(&path).unwrap().len() > 0);
}

#[test]
fn an_adopted_file_keeps_its_rows_and_its_reading_of_double_quotes() {
    let folder = folder();
    let db = filled(&folder);
    assert_eq!(books(&db), 500);
    db.sqlite_raw(|connection| {
        assert_eq!(text(connection, "PRAGMA journal_mode")?, "wal");
        assert_eq!(text(connection, "SELECT \"no column\" FROM books")?, "no column");
        Ok(())
    })
    .unwrap();
}

#[test]
fn the_first_row_of_the_history_says_who_created_the_database() {
    for (kind, is_ours) in [("normal", true), ("rust", true), ("baseline", false)] {
        let folder = folder();
        let path = filled_file(&folder);
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection
            .execute_batch("CREATE TABLE _schema_migrations (revision TEXT PRIMARY KEY, kind TEXT)")
            .unwrap();
        connection
            .execute("INSERT INTO _schema_migrations VALUES ('20250101000000_initial', ?)", [kind])
            .unwrap();
        drop(connection);
        let db = Db::<Library>::open(&path).unwrap();
        let quoted = db.sqlite_raw(|connection| text(connection, "SELECT \"no column\" FROM books"));
        assert_eq!(quoted.is_err(), is_ours, "{kind}: {quoted:?}");
    }
}

#[test]
fn an_empty_file_is_a_new_database() {
    let folder = folder();
    let path = folder.path().join("library.db");
    fs::write(&path, "").unwrap();
    let db = Db::<Library>::open(&path).unwrap();
    db.sqlite_raw(|connection| {
        assert!(!connection.db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML)?);
        connection.execute_batch(BOOKS)
    })
    .unwrap();
    assert_eq!(books(&db), 500);
}

#[test]
fn several_processes_may_create_one_database_at_once() {
    let folder = folder();
    let path = folder.path().join("library.db");
    std::thread::scope(|scope| {
        let openers: Vec<_> = (0..8).map(|_| scope.spawn(|| Db::<Library>::open(&path))).collect();
        for opener in openers {
            opener.join().unwrap().unwrap();
        }
    });
}

#[test]
fn an_external_database_is_read_and_not_touched() {
    let folder = folder();
    let path = filled_file(&folder);
    let before = fs::read(&path).unwrap();
    let db = Db::<Calibre>::open(&path).unwrap();
    assert!(db.is_read_only());
    assert_eq!(books(&db), 500);
    for error in [
        db.transaction(|_| Ok(())).unwrap_err(),
        db.sqlite_raw(insert("new")).unwrap_err(),
        db.sqlite_raw(|connection| connection.pragma_update(None, "user_version", 7)).unwrap_err(),
    ] {
        assert!(error.is_read_only(), "{error:?}");
        assert_says(&error, &["read-only", "nothing was changed"]);
    }
    db.close().unwrap();
    assert!(fs::read(&path).unwrap() == before, "the file was changed");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_external_database_may_be_written_where_the_schema_says_so() {
    let folder = folder();
    let path = filled_file(&folder);
    let db = Db::<Plex>::open(&path).unwrap();
    db.sqlite_raw(|connection| {
        assert_eq!(text(connection, "PRAGMA journal_mode")?, "delete");
        assert_eq!(text(connection, "PRAGMA synchronous")?, "2");
        assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG)?);
        assert!(connection.db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML)?);
        assert_eq!(text(connection, "PRAGMA trusted_schema")?, "1");
        Ok(())
    })
    .unwrap();
    db.transaction(|tx| tx.sqlite_raw(insert("new"))).unwrap();
    assert_eq!(books(&db), 501);
    db.close().unwrap();
    assert_eq!(count_outside(&path), 501);
    // The journal mode in the header: 1 is a rollback journal, 2 a write-ahead log.
    assert_eq!(fs::read(&path).unwrap()[18..20], [1, 1]);
}

#[test]
fn a_database_opened_read_only_refuses_writes_at_once() {
    let folder = folder();
    filled(&folder).close().unwrap();
    let path = folder.path().join("library.db");
    let db = Db::<Library>::options().read_only(true).open(&path).unwrap();
    assert_eq!(books(&db), 500);
    let error = db.transaction(|_| Ok(())).unwrap_err();
    assert!(error.is_read_only());
    assert_says(&error, &["library.db", "opened read-only", "nothing was changed"]);
    assert_eq!(db.sqlite_raw(count).unwrap(), 500);
}

#[test]
fn a_handle_needs_a_reader() {
    assert!(Db::<Library>::options().readers(0).in_memory().unwrap_err().is_misuse());
}
