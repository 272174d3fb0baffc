//! A folder with migrations and a filled database.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use schema_core::model::SchemaDef;
use schema_core::rusqlite::Connection;
use schema_migrate::diff::Answers;
use schema_migrate::generate::{Drafted, GenerateRequest, Generated, generate};
use schema_migrate::inspect::{scratch, sqlite};
use schema_migrate::run::{
    MigrateOptions, Report, RollbackOptions, Silent, Steps, Target, migrate, rollback,
};
use schema_migrate::{Error, Result};
use tempfile::TempDir;

/// Authors with books: a parent of ON DELETE CASCADE, an index, a trigger.
pub(crate) const LIBRARY: &str = "
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE books (
      id INTEGER PRIMARY KEY,
      author_id INTEGER NOT NULL REFERENCES authors(id) ON DELETE CASCADE,
      title TEXT NOT NULL CONSTRAINT books_title_check CHECK (length(title) > 0),
      pages INTEGER
    );
    CREATE INDEX books_title ON books(title);";

/// The same after a change that needs both tables rebuilt.
pub(crate) const REBUILT: &str = "
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'nobody' UNIQUE);
    CREATE TABLE books (
      id INTEGER PRIMARY KEY,
      author_id INTEGER NOT NULL REFERENCES authors(id) ON DELETE CASCADE,
      title TEXT NOT NULL CONSTRAINT books_title_check CHECK (length(title) > 0),
      pages INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX books_title ON books(title);";

pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) target: Target,
}

pub(crate) fn schema_of(sql: &str) -> SchemaDef {
    let connection = scratch().unwrap();
    connection.execute_batch(sql).unwrap();
    sqlite::schema(&connection).unwrap()
}

impl World {
    /// An empty folder, and no database yet.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("migrations")).unwrap();
        let target = target(home.path());
        Self { home, target }
    }

    /// A database with the library in it, migrated and filled.
    pub(crate) fn library() -> Self {
        let world = Self::new();
        world.generate(LIBRARY);
        world.migrate().unwrap();
        world.fill(300);
        world
    }

    pub(crate) fn fill(&self, books: usize) {
        self.sql(&format!(
            "INSERT INTO authors SELECT value, 'author ' || value FROM (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 40) SELECT value FROM n);
             WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < {books})
             INSERT INTO books SELECT value * 3, value % 40 + 1, 'title ' || value, nullif(value % 5, 0) * 100 FROM n;"
        ));
    }

    pub(crate) fn connection(&self) -> Connection {
        let connection = Connection::open(&self.target.database).unwrap();
        connection.busy_timeout(Duration::from_secs(5)).unwrap();
        connection
    }

    pub(crate) fn sql(&self, sql: &str) {
        self.connection().execute_batch(sql).unwrap();
    }

    pub(crate) fn count(&self, sql: &str) -> i64 {
        self.connection().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn text(&self, sql: &str) -> String {
        self.connection().query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// Writes the migration to this schema.
    pub(crate) fn generate(&self, sql: &str) -> Drafted {
        match self.try_generate(sql, &Answers::default()).unwrap() {
            Generated::Drafted(drafted) => *drafted,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn try_generate(&self, sql: &str, answers: &Answers) -> Result<Generated> {
        let declared = schema_of(sql);
        generate(&GenerateRequest { answers, ..GenerateRequest::new(&declared, self.folder()) })
    }

    /// Writes a migration by hand, behind the newest one.
    pub(crate) fn write(&self, name: &str, up: &str, down: &str) -> PathBuf {
        let newest = self.files().last().map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned());
        let revision = format!("2099010100000{}_{name}", self.files().len());
        let path = self.folder().join(format!("{revision}.sql"));
        let parents = newest.unwrap_or_default();
        fs::write(&path, format!("-- revision: {revision}\n-- parents: {parents}\n-- migrate:up\n{up}\n-- migrate:down\n{down}\n"))
            .unwrap();
        path
    }

    /// Edits the newest file.
    pub(crate) fn edit_newest(&self, edit: &dyn Fn(&str) -> String) {
        let path = self.files().pop().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let edited = edit(&text);
        assert_ne!(text, edited);
        fs::write(&path, edited).unwrap();
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> =
            fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    pub(crate) fn migrate(&self) -> Result<Report> {
        migrate(&self.target, &MigrateOptions::default(), &mut Silent)
    }

    pub(crate) fn rollback(&self, count: usize) -> Result<Report> {
        let options = RollbackOptions { steps: Steps::Count(count), ..RollbackOptions::default() };
        rollback(&self.target, &options, &mut Silent)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.target.files.folder().unwrap()
    }

    /// Everything in the database but statistics, as statements: equal before and after where nothing was changed.
    pub(crate) fn dump(&self) -> Vec<String> {
        dump(&self.connection())
    }
}

pub(crate) fn target(home: &Path) -> Target {
    Target::new(home.join("app.db"), home.join("migrations")).wait(Duration::from_millis(50))
}

pub(crate) fn dump(connection: &Connection) -> Vec<String> {
    let names: Vec<(String, String, String)> = connection
        .prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .collect::<std::result::Result<_, _>>()
        .unwrap();
    let mut found = Vec::new();
    for (kind, name, sql) in names {
        if kind == "table" {
            let mut statement = connection.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
            let count = statement.column_count();
            let mut rows = statement.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let cells: Vec<_> = (0..count).map(|position| row.get_ref(position).unwrap()).collect();
                found.push(format!("{name}: {cells:?}"));
            }
        }
        found.push(sql);
    }
    found
}

/// The error says what, why, in what state and what next, and its kind gives this exit code.
pub(crate) fn assert_told(error: &Error, exit: u8, what: &str) {
    let text = error.to_string();
    assert!(text.contains(what), "`{what}` is not in:\n{text}");
    assert_eq!(error.kind().exit_code(), exit, "{text}");
    assert!(error.reason().is_some_and(|why| !why.is_empty()), "no cause:\n{text}");
    assert!(error.data_state().is_some_and(|state| state.contains("nothing was")), "no state:\n{text}");
    assert!(!error.next_steps().is_empty(), "no next step:\n{text}");
}
