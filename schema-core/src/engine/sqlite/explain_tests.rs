//! What SQLite really answers, and what is made of it.

use super::Connection;
use crate::error::{Error, Violation, ViolationKind};

fn error(sql: &str) -> Error {
    let connection = Connection::new(rusqlite::Connection::open_in_memory().unwrap());
    connection
        .raw()
        .execute_batch(
            "CREATE TABLE books (
                 id INTEGER PRIMARY KEY,
                 isbn TEXT UNIQUE,
                 title TEXT NOT NULL,
                 pages INTEGER CHECK (pages > 0),
                 price INTEGER CONSTRAINT price_not_negative CHECK (price >= 0),
                 author INTEGER REFERENCES books (id),
                 UNIQUE (author, title)
             );
             CREATE TABLE tags (name TEXT);
             CREATE UNIQUE INDEX tags_folded ON tags (lower(name));
             INSERT INTO tags VALUES ('Desert');
             CREATE TABLE keys (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
             CREATE TABLE strict (n INTEGER) STRICT;
             CREATE TRIGGER books_kept BEFORE DELETE ON books BEGIN SELECT RAISE(ABORT, 'books: are kept'); END;
             INSERT INTO books VALUES (1, '1', 'Dune', 412, 999, NULL), (2, '2', 'Emma', 474, 0, 1);
             INSERT INTO keys VALUES ('a', 'b');",
        )
        .unwrap();
    connection.raw().execute_batch(sql).unwrap_err().into()
}

fn violation(sql: &str) -> Violation {
    let error = error(sql);
    assert!(error.to_string().contains("nothing was changed"), "{error}");
    error.violation().unwrap_or_else(|| panic!("{error:?}")).clone()
}

fn on(kind: ViolationKind, table: &str, columns: &[&str]) -> Violation {
    Violation {
        kind,
        table: Some(table.to_owned()),
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        constraint: None,
    }
}

fn named(kind: ViolationKind, constraint: Option<&str>) -> Violation {
    Violation { kind, table: None, columns: Vec::new(), constraint: constraint.map(str::to_owned) }
}

#[test]
fn a_violation_names_its_columns_or_its_constraint() {
    use ViolationKind::{Check, ForeignKey, NotNull, PrimaryKey, Trigger, Unique};
    for (sql, expected) in [
        ("INSERT INTO books (title, isbn) VALUES ('x', '1')", on(Unique, "books", &["isbn"])),
        ("INSERT INTO books (title, author) VALUES ('Emma', 1)", on(Unique, "books", &["author", "title"])),
        ("INSERT INTO tags VALUES ('DESERT')", named(Unique, Some("tags_folded"))),
        ("INSERT INTO books (id, title) VALUES (1, 'x')", on(PrimaryKey, "books", &["id"])),
        ("UPDATE books SET rowid = 1", on(PrimaryKey, "books", &["id"])),
        ("INSERT INTO keys VALUES ('a', 'b')", on(PrimaryKey, "keys", &["a", "b"])),
        ("INSERT INTO books (isbn) VALUES ('3')", on(NotNull, "books", &["title"])),
        ("INSERT INTO books (title, price) VALUES ('x', -1)", named(Check, Some("price_not_negative"))),
        ("INSERT INTO books (title, pages) VALUES ('x', 0)", named(Check, Some("pages > 0"))),
        ("INSERT INTO books (title, author) VALUES ('x', 99)", named(ForeignKey, None)),
        ("DELETE FROM books", named(Trigger, None)),
    ] {
        assert_eq!(violation(sql), expected, "{sql}");
    }
    assert_eq!(error("DELETE FROM books").to_string(), "books: are kept; nothing was changed");
}

#[test]
fn a_value_of_the_wrong_type_is_no_violation() {
    let error = error("INSERT INTO strict VALUES ('x')");
    assert!(error.is_value() && error.violation().is_none(), "{error:?}");
    assert!(error.to_string().contains("cannot store TEXT value in INTEGER column strict.n"), "{error}");
}

#[test]
fn a_database_behind_its_models_says_to_migrate() {
    for sql in [
        "SELECT * FROM missing",
        "SELECT missing FROM books",
        "INSERT INTO books (missing) VALUES (1)",
        "UPDATE books SET missing = 1",
    ] {
        let error = error(sql);
        assert!(error.is_behind_schema(), "{sql}: {error:?}");
        assert!(error.to_string().contains("missing") && error.to_string().contains("db-migrate"), "{error}");
    }
}

#[test]
fn other_mistakes_are_told_as_sqlite_tells_them() {
    let error = error("SELECT nonsense(");
    assert_eq!(error.to_string(), "incomplete input");
    assert_eq!(error.sqlite_code(), Some(rusqlite::ffi::SQLITE_ERROR));
}

#[test]
fn a_file_deleted_under_an_open_handle_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("library.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE books (id INTEGER)").unwrap();
    std::fs::remove_file(&path).unwrap();
    let error = Error::from(connection.execute_batch("INSERT INTO books VALUES (1)").unwrap_err());
    if cfg!(target_os = "linux") {
        assert!(error.is_unusable(), "{error:?}");
        assert!(error.to_string().contains("moved, replaced or deleted while it was open"), "{error}");
    }
}
