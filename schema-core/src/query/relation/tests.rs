// As a user writes it: `|a| a.teacher()`, not `AuthorColumns::teacher`.
#![allow(clippy::redundant_closure_for_method_calls)]

use std::sync::atomic::{AtomicUsize, Ordering};

use rusqlite::trace::{TraceEvent, TraceEventCodes};

use crate::{Db, Table};

#[derive(Table, Clone)]
struct Author {
    #[column(primary_key)]
    id: i64,
    #[column(references = Author, inverse = "pupils")]
    teacher_id: Option<i64>,
}

#[derive(Table, Clone)]
struct Book {
    #[column(primary_key)]
    id: i64,
    #[column(references = Author)]
    author_id: i64,
}

#[derive(Table, Clone)]
struct Review {
    #[column(primary_key)]
    id: i64,
    #[column(references = Book)]
    book_id: i64,
}

crate::schema! {
    Library { Author, Book, Review }
}

static RUN: AtomicUsize = AtomicUsize::new(0);

fn count(event: TraceEvent<'_>) {
    if matches!(event, TraceEvent::Stmt(_, sql) if sql.starts_with("SELECT") && sql.contains("FROM \"")) {
        RUN.fetch_add(1, Ordering::Relaxed);
    }
}

#[test]
fn loading_takes_one_query_a_relation_however_many_rows_there_are() {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|sqlite| {
        sqlite.execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, teacher_id INTEGER REFERENCES authors);
             CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors);
             CREATE TABLE reviews (id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES books);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO authors SELECT i, nullif(i / 2, 0) FROM n;
             INSERT INTO books SELECT id, id FROM authors UNION ALL SELECT id + 2000, id FROM authors;
             INSERT INTO reviews SELECT id, id FROM books;",
        )
    })
    .unwrap();
    db.shared()
        .with_own_connection(|sqlite| sqlite.trace_v2(TraceEventCodes::SQLITE_TRACE_STMT, Some(count)))
        .unwrap()
        .unwrap();
    for rows in [1, 10, 1999] {
        let before = RUN.load(Ordering::Relaxed);
        let found = Author::query()
            .filter(|a| a.id.between(2, rows + 1))
            .with(|a| a.books().with(|b| b.reviews()).with(|b| b.author()))
            .with(|a| a.teacher())
            .with(|a| a.pupils().limit(2))
            .all(&db)
            .unwrap();
        let books: usize = found.iter().map(|(_, books, _, _)| books.len()).sum();
        assert_eq!(
            (found.len(), books),
            (usize::try_from(rows).unwrap(), 2 * usize::try_from(rows).unwrap())
        );
        assert!(found.iter().all(|(author, ..)| author.id > 1));
        // Numbered rows begin with WITH and are not counted: authors, books, reviews, authors, teachers.
        assert_eq!(RUN.load(Ordering::Relaxed) - before, 5);
    }
}
