//! Columns that an older database of somebody else lacks.
#![allow(missing_docs, clippy::redundant_closure_for_method_calls)]

use std::path::{Path, PathBuf};

use schema_core::{Db, Table, rusqlite, scalar};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(optional)]
    pub flags: Option<i64>,
    #[column(optional, name = "Note Text")]
    pub note: Option<String>,
    pub pages: i64,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Review {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Book)]
    pub book_id: i64,
    #[column(optional)]
    pub stars: Option<i64>,
}

schema_core::schema! {
    external pub Calibre { Book, Review }
}
schema_core::schema! {
    external, writable pub Plex { Book, Review }
}

const OLD: &str = "
    CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, pages INTEGER NOT NULL);
    CREATE TABLE reviews (id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES books, stars INTEGER);
    CREATE VIEW long AS SELECT * FROM books WHERE pages > 50;
    WITH RECURSIVE up(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM up WHERE i < 90)
    INSERT INTO books SELECT i, 'book ' || i, i FROM up;
    INSERT INTO reviews SELECT id, 91 - id, id % 5 FROM books WHERE id <= 30;";

fn file(folder: &Path, name: &str, newer: &str) -> PathBuf {
    let path = folder.join(name);
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(&format!("{OLD}{newer}")).unwrap();
    path
}

const NEWER: &str = "ALTER TABLE books ADD COLUMN flags INTEGER;
    ALTER TABLE books ADD COLUMN \"note text\" TEXT;
    UPDATE books SET flags = id % 3, \"note text\" = 'n' WHERE id > 10;";

#[test]
fn a_column_that_a_database_lacks_is_null_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let (old, new) = (file(folder.path(), "old.db", ""), file(folder.path(), "new.db", NEWER));
    let before = std::fs::read(&old).unwrap();
    // Both in one program: their statements have one text.
    let (old_db, new_db) = (Db::<Calibre>::open(&old).unwrap(), Db::<Calibre>::open(&new).unwrap());
    for (db, flags) in [(&old_db, None), (&new_db, Some(2)), (&old_db, None)] {
        let books = BookRepository::new(db);
        let row = books.get(20).unwrap();
        assert_eq!((row.title.as_str(), row.flags, row.pages), ("book 20", flags, 20));
        assert_eq!(books.list().unwrap()[19], row);
        assert_eq!(row.note, flags.map(|_| "n".to_owned()));
        let with_flags = Book::query().filter(|b| b.flags.ge(1)).count(db).unwrap();
        assert_eq!(with_flags, if flags.is_some() { 53 } else { 0 });
        let without = Book::query().filter(|b| b.flags.is_null()).count(db).unwrap();
        assert_eq!(without, if flags.is_some() { 10 } else { 90 });
        let joined: Vec<(String, Option<i64>, Option<i64>)> = Book::query()
            .left_join::<Review>(|b, r| r.book_id.eq(b.id))
            .filter(|(b, _)| b.id.in_list([20, 90]))
            .order_by(|(b, _)| (b.flags.asc().nulls_last(), b.id.asc()))
            .select(|(b, r)| (b.title, b.flags, r.stars))
            .all(db)
            .unwrap();
        let last = ("book 90".to_owned(), flags.map(|_| 0), Some(1));
        assert!(
            joined.contains(&last) && joined.contains(&("book 20".to_owned(), flags, None)),
            "{joined:?}"
        );
        let reviewed: Vec<(Review, Book)> = Review::query().limit(3).with(|r| r.book()).all(db).unwrap();
        assert_eq!(reviewed[0].1.id, 90);
        let noted = Review::query()
            .filter(|r| r.id.eq(11))
            .select(|r| scalar(Book::query().filter(|b| b.id.eq(r.book_id)).select(|b| b.note)))
            .one(db)
            .unwrap();
        assert_eq!(noted, flags.map(|_| "n".to_owned()));
    }
    // Readers of other threads, which are opened later, know it, too.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                old_db.read_transaction(|tx| Book::query().filter(|b| b.note.is_null()).count(tx)).unwrap()
            });
        }
    });
    drop((old_db, new_db));
    assert_eq!(std::fs::read(&old).unwrap(), before, "nothing was written");
}

#[test]
fn a_table_that_lacks_a_column_is_only_read_and_the_others_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::<Plex>::open(file(folder.path(), "old.db", "")).unwrap();
    let books = BookRepository::new(&db);
    for error in [
        books.insert(NewBook { title: "x".into(), pages: 1 }).unwrap_err(),
        books.update(1, |b| b.title.set("x")).unwrap_err(),
        books.delete(1).unwrap_err(),
    ] {
        assert!(error.is_read_only() && error.to_string().contains("`optional` column"), "{error}");
    }
    assert_eq!(books.count().unwrap(), 90);
    ReviewRepository::new(&db).update(1, |r| r.stars.set(4)).unwrap();
    let db = Db::<Plex>::open(file(folder.path(), "new.db", NEWER)).unwrap();
    BookRepository::new(&db).update(1, |b| (b.flags.set(7), b.note.set("x"))).unwrap();
    assert_eq!(BookRepository::new(&db).get(1).unwrap().flags, Some(7));
}

#[test]
fn a_column_that_the_other_program_adds_meanwhile_is_read_as_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "old.db", "");
    let db = Db::<Calibre>::open(&path).unwrap();
    assert_eq!(BookRepository::new(&db).get(20).unwrap().flags, None);
    rusqlite::Connection::open(&path).unwrap().execute_batch(NEWER).unwrap();
    assert_eq!(BookRepository::new(&db).get(20).unwrap().flags, Some(2));
}

#[test]
fn a_table_that_is_not_there_is_missed_when_it_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(folder.path(), "old.db", "DROP TABLE reviews;");
    let db = Db::<Calibre>::open(&path).unwrap();
    assert_eq!(BookRepository::new(&db).count().unwrap(), 90);
    assert!(ReviewRepository::new(&db).count().unwrap_err().is_behind_schema());
}
