//! Opening: what a good file becomes, and what a person hears about a bad one.

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use schema_core::{
    Db, Error, Schema,
    rusqlite::{self, config::DbConfig},
};
use support::{
    BOOKS, Calibre, Helper, Library, Plex, books, child, count, count_outside, filled, filled_file, folder,
    insert, path_of_child, say_and_wait, text,
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
    let encrypted: Vec<u8> = (0..8192_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
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

/// Runs `opens_the_file` as a user who owns nothing; says what it printed.
#[cfg(unix)]
fn opened_by_a_stranger(folder: &Path, path: &Path) -> String {
    use std::os::unix::{fs::PermissionsExt, process::CommandExt};
    // Where the tests are built need not be readable for others.
    let program = folder.join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = child(&program, "opens_the_file", path);
    // Root may do anything; other users are bound by the permissions themselves.
    if text_of("id", "-u") == "0" {
        command.uid(65534).gid(65534);
    }
    let output = command.output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[cfg(unix)]
fn text_of(program: &str, argument: &str) -> String {
    let output = std::process::Command::new(program).arg(argument).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A folder that everybody may enter, with a folder in it for the database.
#[cfg(unix)]
fn shared_folder() -> (tempfile::TempDir, PathBuf) {
    let folder = folder();
    set_mode(folder.path(), 0o755);
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    set_mode(&data, 0o777);
    (folder, data)
}

#[test]
#[ignore = "run as another user by the tests of permissions"]
fn opens_the_file() {
    let path = path_of_child();
    match Db::<Library>::open(&path) {
        Ok(_) => println!("opened"),
        Err(error) => println!("refused (read-only: {}): {error}", error.is_read_only()),
    }
    match Db::<Library>::options().read_only(true).open(&path) {
        Ok(db) => println!("opened read-only, {} books", books(&db)),
        Err(error) => println!("refused read-only: {error}"),
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_may_only_be_read_can_be_opened_read_only() {
    let (folder, data) = shared_folder();
    let path = data.join("library.db");
    fs::rename(filled_file(&folder), &path).unwrap();
    set_mode(&path, 0o444);
    let said = opened_by_a_stranger(folder.path(), &path);
    assert!(said.contains("refused (read-only: true)"), "{said}");
    assert!(
        said.contains("library.db: the file may not be written by this user; nothing was changed"),
        "{said}"
    );
    assert!(said.contains("OpenOptions::read_only(true)"), "{said}");
    assert!(said.contains("opened read-only, 500 books"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_told() {
    let (folder, data) = shared_folder();
    let path = data.join("library.db");
    fs::rename(filled_file(&folder), &path).unwrap();
    set_mode(&path, 0o000);
    let said = opened_by_a_stranger(folder.path(), &path);
    assert!(said.contains("refused (read-only: false)"), "{said}");
    assert!(said.contains("cannot be opened") && said.contains("check the permissions"), "{said}");
    assert!(said.contains("refused read-only"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_written_is_told() {
    let (folder, data) = shared_folder();
    set_mode(&data, 0o555);
    let said = opened_by_a_stranger(folder.path(), &data.join("library.db"));
    assert!(said.contains("refused (read-only: false)"), "{said}");
    assert!(said.contains("check the permissions of the file and of its folder"), "{said}");
    assert!(said.contains("nothing was changed"), "{said}");
    set_mode(&data, 0o755);
}

#[cfg(unix)]
#[test]
fn a_write_ahead_log_in_a_folder_that_may_not_be_written_is_told() {
    let (folder, data) = shared_folder();
    let path = data.join("library.db");
    fs::rename(filled_file(&folder), &path).unwrap();
    Db::<Library>::open(&path).unwrap().close().unwrap();
    set_mode(&path, 0o444);
    set_mode(&data, 0o555);
    let said = opened_by_a_stranger(folder.path(), &path);
    assert!(said.contains("refused read-only"), "{said}");
    assert!(said.contains("its folder must be writable"), "{said}");
    set_mode(&data, 0o755);
}
