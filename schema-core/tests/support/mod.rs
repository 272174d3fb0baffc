//! Schemas and filled databases for the tests of the handle.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use schema_core::{
    Db, Schema,
    model::{SchemaDef, SchemaOwner},
    rusqlite,
};
use tempfile::TempDir;

/// A schema of the application's own.
pub(crate) struct Library;
impl Schema for Library {
    const DEF: &'static SchemaDef = &SchemaDef::EMPTY;
}
impl schema_core::private::Written for Library {}

/// A schema of somebody else.
pub(crate) struct Calibre;
impl Schema for Calibre {
    const DEF: &'static SchemaDef = &SchemaDef { owner: SchemaOwner::External, ..SchemaDef::EMPTY };
}

/// A schema of somebody else that may be written.
pub(crate) struct Plex;
impl Schema for Plex {
    const DEF: &'static SchemaDef = &SchemaDef { owner: SchemaOwner::ExternalWritable, ..SchemaDef::EMPTY };
}
impl schema_core::private::Written for Plex {}

/// Five hundred books of ten authors.
pub(crate) const BOOKS: &str = "
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE books (
        id INTEGER PRIMARY KEY,
        title TEXT NOT NULL UNIQUE,
        author_id INTEGER REFERENCES authors (id) DEFERRABLE INITIALLY DEFERRED
    );
    WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 10)
    INSERT INTO authors SELECT i, 'author ' || i FROM up;
    WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 500)
    INSERT INTO books SELECT i, 'book ' || i, 1 + i % 10 FROM up;
";

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A file as another program would have left it: no write-ahead log.
pub(crate) fn filled_file(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("library.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(BOOKS).unwrap();
    connection.close().map_err(|(_, error)| error).unwrap();
    path
}

pub(crate) fn filled(folder: &TempDir) -> Db<Library> {
    Db::open(filled_file(folder)).unwrap()
}

pub(crate) fn filled_memory() -> Db<Library> {
    let db = Db::in_memory().unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(BOOKS)).unwrap();
    db
}

pub(crate) const COUNT: &str = "SELECT count(*) FROM books";

/// The number of books as a handle sees it.
pub(crate) fn count(connection: &rusqlite::Connection) -> rusqlite::Result<i64> {
    connection.query_row(COUNT, [], |row| row.get(0))
}

/// The number of books as another program sees it.
pub(crate) fn count_outside(path: &Path) -> i64 {
    count(&rusqlite::Connection::open(path).unwrap()).unwrap()
}

pub(crate) fn books<S: Schema>(db: &Db<S>) -> i64 {
    db.read_transaction(|tx| tx.sqlite_raw(count)).unwrap()
}

pub(crate) fn insert(title: &str) -> impl FnOnce(&rusqlite::Connection) -> rusqlite::Result<()> {
    let title = title.to_owned();
    move |connection| connection.execute("INSERT INTO books (title) VALUES (?)", [title]).map(drop)
}

pub(crate) fn text(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<String> {
    connection.query_row(sql, [], |row| {
        let value: rusqlite::types::Value = row.get(0)?;
        Ok(match value {
            rusqlite::types::Value::Null => "NULL".to_owned(),
            rusqlite::types::Value::Integer(value) => value.to_string(),
            rusqlite::types::Value::Real(value) => value.to_string(),
            rusqlite::types::Value::Text(value) => value,
            rusqlite::types::Value::Blob(value) => format!("{value:?}"),
        })
    })
}

/// This test program again, running one of its ignored tests on a path.
pub(crate) fn child(program: &Path, test: &str, path: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
        .env("DATABASE_OF_TEST", path)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// The path that the parent gave.
pub(crate) fn path_of_child() -> PathBuf {
    std::env::var_os("DATABASE_OF_TEST").expect("run by another test").into()
}

/// A process that runs until it is told to end.
pub(crate) struct Helper(Child, BufReader<std::process::ChildStdout>);

impl Helper {
    /// Starts a child and waits for its word.
    pub(crate) fn start(test: &str, path: &Path, word: &str) -> Self {
        let mut child = child(&std::env::current_exe().unwrap(), test, path).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut helper = Self(child, output);
        helper.wait_for(word);
        helper
    }

    fn wait_for(&mut self, word: &str) {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert_ne!(self.1.read_line(&mut line).unwrap(), 0, "the child ended without `{word}`");
        }
    }

    /// Lets the child go on, and waits for its end.
    pub(crate) fn finish(mut self) {
        drop(self.0.stdin.take());
        assert!(self.0.wait().unwrap().success());
    }

    /// Ends the child as a power failure would.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// Says a word to the parent and waits until it lets go.
pub(crate) fn say_and_wait(word: &str) {
    println!("{word}");
    std::io::stdin().read_line(&mut String::new()).unwrap();
}
