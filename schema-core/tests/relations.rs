//! Rows that belong to others: as conditions and values, and loaded beside them.
#![allow(missing_docs)]
// As a user writes it: `|a| a.teacher()`, not `AuthorColumns::teacher`.
#![allow(clippy::redundant_closure_for_method_calls)]

use std::collections::BTreeMap;

use schema_core::{
    Db, Table,
    expr::{count, sum},
    scalar,
};
use time::OffsetDateTime;
use uuid::Uuid;

pub mod people {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub struct Author {
        #[column(primary_key)]
        pub id: i64,
        pub name: String,
        #[column(references = Author, inverse = "pupils")]
        pub teacher_id: Option<i64>,
    }
}
use people::{Author, AuthorHasPupils};

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = people::Author)]
    pub author_id: i64,
    #[column(references = Shelf::code)]
    pub shelf: Option<String>,
    pub title: String,
    pub pages: i64,
    #[column(soft_delete)]
    pub deleted_at: Option<OffsetDateTime>,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "shelves")]
pub struct Shelf {
    #[column(primary_key)]
    pub id: Uuid,
    #[column(unique, collate = nocase)]
    pub code: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Cover {
    #[column(primary_key, references = Book)]
    pub book_id: i64,
    pub picture: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Review {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Book)]
    pub book_id: i64,
    #[column(references = people::Author)]
    pub writer_id: i64,
    #[column(references = people::Author)]
    pub editor_id: Option<i64>,
    pub stars: i64,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Tag {
    #[column(primary_key, stored = "blob")]
    pub id: Uuid,
    pub name: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(primary_key(book_id, tag_id), joins(book_id, tag_id))]
pub struct BookTag {
    #[column(references = Book)]
    pub book_id: i64,
    #[column(references = Tag, stored = "blob")]
    pub tag_id: Uuid,
}

schema_core::schema! {
    pub App { Author, Book, Shelf, Cover, Review, Tag, BookTag }
}

const AUTHORS: i64 = 40;
const BOOKS: i64 = 400;

fn app() -> Db<App> {
    let db = Db::<App>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, teacher_id INTEGER REFERENCES authors);
             CREATE TABLE shelves (id TEXT PRIMARY KEY NOT NULL, code TEXT NOT NULL UNIQUE COLLATE NOCASE);
             CREATE TABLE books (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES authors,
               shelf TEXT REFERENCES shelves(code), title TEXT NOT NULL, pages INTEGER NOT NULL, deleted_at TEXT);
             CREATE TABLE covers (book_id INTEGER PRIMARY KEY REFERENCES books, picture TEXT NOT NULL);
             CREATE TABLE reviews (id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES books,
               writer_id INTEGER NOT NULL REFERENCES authors, editor_id INTEGER REFERENCES authors, stars INTEGER NOT NULL);
             CREATE TABLE tags (id BLOB PRIMARY KEY NOT NULL, name TEXT NOT NULL);
             CREATE TABLE book_tags (book_id INTEGER NOT NULL REFERENCES books, tag_id BLOB NOT NULL REFERENCES tags, PRIMARY KEY (book_id, tag_id));
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
             INSERT INTO authors SELECT i, 'author ' || i, nullif(i / 4, 0) FROM n;
             INSERT INTO shelves VALUES ('00000000-0000-7000-8000-000000000001', 'North'), ('00000000-0000-7000-8000-000000000002', 'South');
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
             INSERT INTO books SELECT i, 1 + (i * 7) % 37, CASE i % 3 WHEN 0 THEN 'north' WHEN 1 THEN 'South' END,
               'title ' || i, (i * 13) % 1000, CASE WHEN i % 50 = 0 THEN '2024-01-01 00:00:00.000000' END FROM n;
             INSERT INTO covers SELECT id, 'cover of ' || id FROM books WHERE id % 2;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900)
             INSERT INTO reviews SELECT i, 1 + i % 300, 1 + i % 40, CASE WHEN i % 5 THEN 1 + i % 3 END, i % 6 FROM n;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9)
             INSERT INTO tags SELECT unhex(printf('%032x', i)), 'tag ' || i FROM n;
             INSERT INTO book_tags SELECT b.id, t.id FROM books b JOIN tags t ON CAST(substr(t.name, 5) AS INTEGER) IN (b.id % 10, b.id % 7);",
        )
    })
    .unwrap();
    db
}

fn ids(db: &Db<App>, sql: &str) -> Vec<i64> {
    db.sqlite_raw(|sqlite| sqlite.prepare(sql)?.query_map([], |row| row.get(0))?.collect()).unwrap()
}

/// A book with what was said of it.
type Reviewed = (Book, Vec<Review>);

#[test]
fn rows_come_with_those_that_belong_to_them_nested_filtered_and_in_order() {
    let db = app();
    let authors: Vec<(Author, Vec<Reviewed>)> = Author::query()
        .order_by(|a| a.id.desc())
        .with(|a| {
            a.books()
                .filter(|b| b.pages.gt(200))
                .order_by(|b| b.pages.desc())
                .with(|b| b.reviews().filter(|r| r.stars.ge(3)))
        })
        .all(&db)
        .unwrap();
    assert_eq!(authors.len(), usize::try_from(AUTHORS).unwrap());
    assert_eq!((authors[0].0.id, authors[0].1.len()), (AUTHORS, 0));
    for (author, books) in &authors {
        let wanted = ids(
            &db,
            &format!(
                "SELECT id FROM books WHERE author_id = {} AND pages > 200 AND deleted_at IS NULL ORDER BY pages DESC, id",
                author.id
            ),
        );
        assert_eq!(books.iter().map(|(book, _)| book.id).collect::<Vec<_>>(), wanted, "{author:?}");
        for (book, reviews) in books {
            let wanted = ids(
                &db,
                &format!("SELECT id FROM reviews WHERE book_id = {} AND stars >= 3 ORDER BY id", book.id),
            );
            assert_eq!(reviews.iter().map(|review| review.id).collect::<Vec<_>>(), wanted);
        }
    }
}

#[test]
fn pages_of_rows_come_with_what_belongs_to_them() {
    let db = app();
    let books = || {
        Book::query()
            .filter(|b| b.pages.gt(500))
            .order_by(|b| b.pages.desc())
            .with(|b| b.author())
            .with(|b| b.reviews().order_by(|r| r.id.asc()))
    };
    let whole: Vec<(Book, Author, Vec<Review>)> = books().all(&db).unwrap();
    let (mut forwards, mut cursor, mut last) = (Vec::new(), None, None);
    loop {
        let page = books().limit(17).after(cursor).page(&db).unwrap();
        assert_eq!(page.previous.is_some(), !forwards.is_empty());
        forwards.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            last = page.previous.or(last);
            break;
        }
    }
    assert_eq!(forwards, whole);
    assert!(whole.len() > 100 && whole.iter().any(|(.., reviews)| reviews.len() > 1));
    let back = books().before(last).limit(17).page(&db).unwrap();
    let end = whole.len() / 17 * 17;
    assert_eq!(back.rows, whole[end - 17..end]);
    let (rows, total) = books().limit(5).offset(10).all_and_total(&db).unwrap();
    assert_eq!((&rows[..], total), (&whole[10..15], whole.len() as u64));
    // A limit is needed, as without relations.
    assert!(books().page(&db).unwrap_err().is_misuse());
    db.read_transaction(|tx| {
        assert_eq!(books().limit(17).page(tx)?.rows, whole[..17]);
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_parent_stands_beside_each_of_its_children_and_one_that_may_be_missing_is_an_option() {
    let db = app();
    let books: Vec<(Book, Author, Option<Shelf>, Option<Cover>)> = Book::query()
        .filter(|b| b.id.le(30))
        .order_by(|b| b.id.asc())
        .with(|b| b.author())
        .with(|b| b.shelf())
        .with(|b| b.cover())
        .all(&db)
        .unwrap();
    assert_eq!(books.len(), 30);
    for (book, author, shelf, cover) in &books {
        assert_eq!(author.id, book.author_id);
        // The shelf's code is the same under its own collation.
        let code = shelf.as_ref().map(|shelf| shelf.code.to_lowercase());
        assert_eq!(code, book.shelf.as_ref().map(|code| code.to_lowercase()));
        assert_eq!(cover.is_some(), book.id % 2 == 1);
    }
    // What is NOT NULL is there also where it was soft-deleted.
    let (_, book) =
        Cover::query().with_deleted().filter(|c| c.book_id.eq(1)).with(|c| c.book()).one(&db).unwrap();
    assert_eq!(book.id, 1);
    let (review, book) =
        Review::query().filter(|r| r.book_id.eq(50)).with(|r| r.book()).first(&db).unwrap().unwrap();
    assert!(book.deleted_at.is_some() && review.book_id == 50);
    let (_, live) = Review::query()
        .filter(|r| r.book_id.eq(50))
        .with(|r| r.book().filter(|b| b.deleted_at.is_null()))
        .first(&db)
        .unwrap()
        .unwrap();
    assert_eq!(live, None);
}

#[test]
fn a_limit_is_for_each_row_that_others_belong_to() {
    let db = app();
    let authors = Author::query()
        .with(|a| a.books().order_by(|b| b.pages.desc()).limit(3).with(|b| b.author()))
        .all(&db)
        .unwrap();
    for (author, books) in &authors {
        let wanted = ids(
            &db,
            &format!(
                "SELECT id FROM books WHERE author_id = {} AND deleted_at IS NULL ORDER BY pages DESC, id LIMIT 3",
                author.id
            ),
        );
        assert_eq!(books.iter().map(|(book, _)| book.id).collect::<Vec<_>>(), wanted);
        assert!(books.iter().all(|(_, of)| of == author));
    }
}

#[test]
fn a_join_table_ties_both_ways_and_several_keys_to_one_table_have_names() {
    let db = app();
    let books = Book::query().with(|b| b.tags().order_by(|t| t.name.desc())).all(&db).unwrap();
    let mut tagged = BTreeMap::<String, Vec<i64>>::new();
    for (book, tags) in &books {
        assert!(tags.windows(2).all(|pair| pair[0].name > pair[1].name));
        tags.iter().for_each(|tag| tagged.entry(tag.name.clone()).or_default().push(book.id));
    }
    for (tag, books) in Tag::query().with(|t| t.books().order_by(|b| b.id.asc())).all(&db).unwrap() {
        assert_eq!(
            Some(&books.iter().map(|book| book.id).collect::<Vec<_>>()),
            tagged.get(&tag.name),
            "{tag:?}"
        );
    }
    let (author, written, edited) = Author::query()
        .filter(|a| a.id.eq(2))
        .with(|a| a.reviews_as_writer())
        .with(|a| a.reviews_as_editor())
        .one(&db)
        .unwrap();
    assert!(written.iter().all(|review| review.writer_id == author.id) && written.len() == 23);
    assert!(edited.iter().all(|review| review.editor_id == Some(author.id)) && edited.len() == 240);
    let (author, pupils, teacher) =
        Author::query().filter(|a| a.id.eq(5)).with(|a| a.pupils()).with(|a| a.teacher()).one(&db).unwrap();
    assert_eq!(pupils.iter().map(|pupil| pupil.id).collect::<Vec<_>>(), [20, 21, 22, 23]);
    assert_eq!(teacher.map(|teacher| teacher.id), author.teacher_id);
}

#[test]
fn relations_are_conditions_and_values_of_a_query() {
    let db = app();
    let long = Author::query().filter(|a| a.books().filter(|b| b.pages.gt(980)).exists());
    let wanted = ids(
        &db,
        "SELECT id FROM authors a WHERE EXISTS (SELECT 1 FROM books WHERE author_id = a.id AND pages > 980 AND deleted_at IS NULL) ORDER BY id",
    );
    let found = long.order_by(|a| a.id.asc()).select(|a| a.id).all(&db).unwrap();
    assert_eq!(found, wanted);
    assert!(!found.is_empty() && found.len() < 30);
    let none = Author::query().filter(|a| !a.books().exists()).select(|a| a.id).all(&db).unwrap();
    assert_eq!(none, [38, 39, 40]);
    let figures = Author::query()
        .filter(|a| a.id.eq(3))
        .select(|a| {
            (
                a.books().count(),
                scalar(a.books().aggregate(|b| sum(b.pages))),
                a.teacher().value(|t| t.name),
                a.books().limit(1).value(|b| b.id),
            )
        })
        .one(&db)
        .unwrap();
    let books = ids(&db, "SELECT pages FROM books WHERE author_id = 3 AND deleted_at IS NULL");
    assert_eq!(
        (figures.0, figures.1.unwrap_or(0)),
        (i64::try_from(books.len()).unwrap(), books.iter().sum::<i64>())
    );
    let by_name = Book::query()
        .filter(|b| b.author().value(|a| a.name).eq("author 7"))
        .group_by(|b| b.author_id)
        .select(|author, b| (author, count(b)))
        .all(&db)
        .unwrap();
    assert_eq!(by_name.len(), 1);
    let tagged =
        Book::query().filter(|b| b.tags().filter(|t| t.name.eq("tag 9")).exists()).count(&db).unwrap();
    assert_eq!(tagged, u64::try_from(BOOKS / 10).unwrap());
}

#[test]
fn an_empty_query_loads_nothing_and_one_row_is_one_row() {
    let db = app();
    assert_eq!(Author::query().filter(|a| a.id.eq(-1)).with(|a| a.books()).all(&db).unwrap(), []);
    assert!(Author::query().filter(|a| a.id.eq(-1)).with(|a| a.books()).one(&db).unwrap_err().is_not_found());
    assert!(Author::query().with(|a| a.books()).one(&db).unwrap_err().is_too_many_rows());
    assert_eq!(Author::query().with(|a| a.books()).first(&db).unwrap().map(|(author, _)| author.id), Some(1));
}

#[test]
fn a_row_whose_parent_is_gone_is_an_error_and_not_left_out() {
    let db = app();
    db.sqlite_raw(|sqlite| {
        sqlite.execute_batch(
            "PRAGMA foreign_keys = OFF; DELETE FROM authors WHERE id = 3; PRAGMA foreign_keys = ON",
        )
    })
    .unwrap();
    let refused = Book::query().with(|b| b.author()).all(&db).unwrap_err();
    assert!(refused.is_not_found() && refused.to_string().contains("`authors`"), "{refused}");
    let there = Book::query().with(|b| b.author().filter(|a| a.id.gt(0))).all(&db).unwrap();
    assert!(there.iter().any(|(_, author)| author.is_none()));
}

#[test]
fn the_referenced_column_decides_what_is_equal() {
    let db = app();
    let shelves = Shelf::query().order_by(|s| s.code.asc()).with(|s| s.books().limit(500)).all(&db).unwrap();
    let wanted = ids(&db, "SELECT count(*) FROM books WHERE deleted_at IS NULL AND shelf = 'north'");
    assert_eq!(shelves[0].1.len(), usize::try_from(wanted[0]).unwrap());
    assert!(wanted[0] > 100 && shelves[0].0.code == "North");
    let counted =
        Shelf::query().filter(|s| s.code.eq("North")).select(|s| s.books().count()).one(&db).unwrap();
    assert_eq!(counted, wanted[0]);
}
