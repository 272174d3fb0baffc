//! A filled database with foreign keys, and folders for its backups.

use std::fs;
use std::path::{Path, PathBuf};

use schema_core::rusqlite::Connection;
use schema_ops::Result;
use schema_ops::backup::{Places, Reason, Request, Taken, extract, take};
use tempfile::TempDir;

pub(crate) const LIBRARY: &str = "
    PRAGMA journal_mode = WAL;
    CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE books (
      id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES authors(id), title TEXT NOT NULL, body BLOB);
    CREATE INDEX books_title ON books(title);
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
    INSERT INTO authors SELECT i, 'author ' || i FROM n;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    INSERT INTO books SELECT i, 1 + i % 40, 'title ' || i, randomblob(300) FROM n;";

pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) places: Places,
}

impl World {
    /// The library, in a database with a log.
    pub(crate) fn library() -> Self {
        let home = tempfile::tempdir().unwrap();
        let world = Self { places: Places::new(home.path().join("backups")), home };
        world.open().execute_batch(LIBRARY).unwrap();
        world
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.home.path().join("tome.db")
    }

    pub(crate) fn open(&self) -> Connection {
        Connection::open(self.database()).unwrap()
    }

    pub(crate) fn take(&self) -> Taken {
        self.try_take(Reason::Manual).unwrap()
    }

    pub(crate) fn try_take(&self, reason: Reason) -> Result<Taken> {
        take(&self.open(), &Request::new(&self.database(), &self.places, reason), &mut |_| Ok(()))
    }

    /// The database inside a backup.
    pub(crate) fn inside(&self, taken: &Taken) -> Connection {
        let raw = self.home.path().join(format!("{}.db", taken.name));
        drop(fs::remove_file(&raw));
        extract(&taken.path, &taken.manifest, &raw, &mut |_| Ok(())).unwrap();
        Connection::open(raw).unwrap()
    }
}

/// Everything in a database: equal where nothing differs.
pub(crate) fn dump(connection: &Connection) -> Vec<String> {
    let names: Vec<(String, String)> = connection
        .prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let mut found = Vec::new();
    for (name, sql) in names {
        if sql.starts_with("CREATE TABLE") {
            let mut statement = connection.prepare(&format!("SELECT rowid, * FROM \"{name}\"")).unwrap();
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

/// The names in a folder, sorted.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
