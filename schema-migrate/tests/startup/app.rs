//! A small application, as its models and its files are.

use schema_core::{Db, Table};
use schema_migrate::{Embedded, Result, files::EmbeddedFile, run::Report};
use tempfile::TempDir;

#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "authors")]
pub(crate) struct Author {
    #[column(primary_key)]
    pub(crate) id: i64,
    pub(crate) name: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "books")]
pub(crate) struct Book {
    #[column(primary_key)]
    pub(crate) id: i64,
    #[column(references = Author, on_delete = cascade)]
    pub(crate) author_id: i64,
    pub(crate) title: String,
    pub(crate) pages: Option<i64>,
}

schema_core::schema! {
    /// What the application owns.
    pub(crate) Library { Author, Book }
}

pub(crate) const FIRST: EmbeddedFile = EmbeddedFile {
    path: "migrations/20260101000000_first.sql",
    text: "-- revision: 20260101000000_first\n-- migrate:up\n\
           CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n\
           CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors(id) ON DELETE CASCADE, title TEXT NOT NULL);\n\
           INSERT INTO authors VALUES (1, 'Le Guin'), (2, 'Lem');\n\
           -- migrate:down\nDROP TABLE books;\nDROP TABLE authors;\n",
};

pub(crate) const SECOND: EmbeddedFile = EmbeddedFile {
    path: "migrations/20260102000000_pages.sql",
    text: "-- revision: 20260102000000_pages\n-- parents: 20260101000000_first\n-- migrate:up\n\
           ALTER TABLE books ADD COLUMN pages INTEGER;\n\
           INSERT INTO books VALUES (7, 2, 'Solaris', 204);\n\
           -- migrate:down\nALTER TABLE books DROP COLUMN pages;\n",
};

impl Embedded for Library {
    const FILES: &'static [EmbeddedFile] = &[FIRST, SECOND];
}

/// The folder of a database file.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn open(&self) -> Db<Library> {
        Db::open(self.path("app.db")).unwrap()
    }
}

pub(crate) fn count(db: &Db<Library>, sql: &str) -> i64 {
    db.sqlite_raw(|connection| connection.query_row(sql, [], |row| row.get(0))).unwrap()
}

pub(crate) fn applied(report: &Result<Report>) -> Vec<&str> {
    report.as_ref().unwrap().revisions.iter().map(|revision| revision.revision.as_str()).collect()
}
