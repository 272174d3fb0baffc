//! Filters that are there only where there is a value, on a filled database.
#![allow(missing_docs)]

use schema_core::{
    Db, Error, Table,
    expr::{all_of, any_of, count},
};
use time::OffsetDateTime;

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(references = Author)]
    pub author_id: i64,
    pub pages: i64,
    #[column(soft_delete)]
    pub deleted_at: Option<OffsetDateTime>,
}

schema_core::schema! {
    pub Library { Author, Book }
}

/// Three authors; thirty books of 10, 20, .. pages, of which the last is soft-deleted.
fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
             CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT NOT NULL, author_id INTEGER NOT NULL
               REFERENCES authors, pages INTEGER NOT NULL, deleted_at TEXT);
             INSERT INTO authors VALUES (1, 'Austen'), (2, 'Herbert'), (3, 'Le Guin');
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30)
             INSERT INTO books SELECT i, 'book ' || i, 1 + i % 3, i * 10,
               CASE i WHEN 30 THEN '2024-01-01 00:00:00.000000' END FROM n;",
        )
    })
    .unwrap();
    db
}

fn ids(books: &[Book]) -> Vec<i64> {
    books.iter().map(|book| book.id).collect()
}

fn found(db: &Db<Library>, title: Option<&str>, most_pages: Option<i64>, author: Option<&str>) -> Vec<i64> {
    let query = Book::query()
        .join::<Author>(|b, a| a.id.eq(b.author_id))
        .filter_some(title, |(b, _), title| b.title.ends_with(title))
        .filter_some(most_pages, |(b, _), most| b.pages.le(most))
        .filter_some(author, |(_, a), name| a.name.eq(name))
        .order_by(|(b, _)| b.id.asc());
    query.select(|(b, _)| b.id).all(db).unwrap()
}

#[test]
fn a_filter_without_a_value_is_not_there_and_the_others_are() {
    let db = library();
    assert_eq!(found(&db, None, None, None), (1..30).collect::<Vec<_>>());
    assert_eq!(found(&db, Some("7"), None, None), [7, 17, 27]);
    assert_eq!(found(&db, Some("7"), Some(170), None), [7, 17]);
    assert_eq!(found(&db, None, Some(60), Some("Herbert")), [1, 4]);
    assert_eq!(found(&db, Some("7"), Some(170), Some("Herbert")), [7]);
}

#[test]
fn a_filter_without_a_value_leaves_no_text_behind() {
    let none: Option<&str> = None;
    let with = Book::query().filter_some(none, |b, title| b.title.eq(title));
    assert_eq!(with.to_sql(), Book::query().to_sql());
    let with = Book::query().filter_optional(|b| any_of((none.map(|title| b.title.eq(title)),)));
    assert_eq!(with.to_sql(), Book::query().to_sql());
}

fn any(db: &Db<Library>, title: Option<&str>, low: Option<i64>, high: Option<i64>) -> Vec<i64> {
    let books = Book::query()
        .filter_optional(|b| {
            any_of((
                title.map(|title| b.title.eq(title)),
                all_of((low.map(|low| b.pages.ge(low)), high.map(|high| b.pages.le(high)))),
            ))
        })
        .order_by(|b| b.id.asc());
    ids(&books.all(db).unwrap())
}

#[test]
fn a_group_keeps_the_parts_that_are_there_and_vanishes_without_any() {
    let db = library();
    assert_eq!(any(&db, None, None, None).len(), 29);
    assert_eq!(any(&db, Some("book 9"), None, None), [9]);
    assert_eq!(any(&db, None, Some(280), None), [28, 29]);
    assert_eq!(any(&db, None, Some(50), Some(70)), [5, 6, 7]);
    assert_eq!(any(&db, Some("book 9"), Some(50), Some(70)), [5, 6, 7, 9]);
    assert_eq!(any(&db, Some("book 9"), None, Some(10)), [1, 9]);
}

#[test]
fn a_group_stands_in_parentheses_beside_other_filters() {
    let db = library();
    let books = Book::query()
        .filter(|b| b.author_id.eq(1))
        .filter_optional(|b| any_of([b.id.eq(3), b.id.eq(4), b.id.eq(6)]))
        .filter_optional(|b| any_of(vec![b.pages.eq(30), b.pages.eq(40)]))
        .all(&db)
        .unwrap();
    assert_eq!(ids(&books), [3]);
}

#[test]
fn a_group_of_thousands_is_not_too_deep_for_sqlite() {
    let db = library();
    let wanted: Vec<i64> = (1..=5_000).collect();
    let query = Book::query().filter_optional(|b| {
        any_of(wanted.iter().map(|id| all_of((b.id.eq(id), b.pages.gt(280)))).collect::<Vec<_>>())
    });
    match query.all(&db) {
        Ok(books) => assert_eq!(ids(&books), [29]),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_condition_goes_on_with_what_is_there() {
    let db = library();
    let with = |also: Option<i64>, or: Option<i64>| {
        let books = Book::query()
            .filter(|b| {
                b.id.le(3).and_some(also.map(|pages| b.pages.ge(pages))).or_some(or.map(|id| b.id.eq(id)))
            })
            .all(&db)
            .unwrap();
        ids(&books)
    };
    assert_eq!(with(None, None), [1, 2, 3]);
    assert_eq!(with(Some(20), None), [2, 3]);
    assert_eq!(with(None, Some(11)), [1, 2, 3, 11]);
    assert_eq!(with(Some(20), Some(11)), [2, 3, 11]);
}

#[test]
fn relations_and_groups_take_optional_filters() {
    let db = library();
    let with = |least: Option<i64>| {
        Author::query()
            .order_by(|a| a.id.asc())
            .with(|a| a.books().filter_some(least, |b, least| b.pages.ge(least)).order_by(|b| b.id.asc()))
            .all(&db)
            .unwrap()
            .into_iter()
            .map(|(author, books)| (author.id, books.len()))
            .collect::<Vec<_>>()
    };
    assert_eq!(with(None), [(1, 9), (2, 10), (3, 10)]);
    assert_eq!(with(Some(280)), [(1, 0), (2, 1), (3, 1)]);

    let authors = |title: Option<&str>, pages: Option<i64>| {
        Author::query()
            .filter(|a| {
                let books = a.books().filter_optional(|b| {
                    any_of((title.map(|title| b.title.eq(title)), pages.map(|pages| b.pages.eq(pages))))
                });
                books.exists()
            })
            .order_by(|a| a.id.asc())
            .select(|a| a.id)
            .all(&db)
            .unwrap()
    };
    assert_eq!(authors(None, None), [1, 2, 3]);
    assert_eq!(authors(Some("book 4"), None), [2]);
    assert_eq!(authors(Some("book 4"), Some(50)), [2, 3]);

    let groups = |least: Option<i64>| {
        Book::query()
            .group_by(|b| b.author_id)
            .having_some(least, |_, b, least| count(b).ge(least))
            .order_by(|author, _| author.asc())
            .select(|author, _| author)
            .all(&db)
            .unwrap()
    };
    assert_eq!(groups(None), [1, 2, 3]);
    assert_eq!(groups(Some(10)), [2, 3]);
}

fn rows(db: &Db<Library>) -> i64 {
    db.sqlite_raw(|connection| connection.query_row("SELECT count(*) FROM books", [], |row| row.get(0)))
        .unwrap()
}

#[track_caller]
fn refused<T: std::fmt::Debug>(answer: Result<T, Error>, words: &str) {
    let error = answer.unwrap_err();
    assert!(error.is_misuse(), "{error}");
    assert_eq!(
        error.to_string(),
        format!(
            "{words} whose filters are all missing would change every row of `books`; nothing was changed: \
             say `.all_rows()` if that is meant"
        )
    );
}

#[test]
fn a_change_whose_filters_have_all_vanished_is_refused() {
    let db = library();
    let (title, pages): (Option<&str>, Option<i64>) = (None, None);
    let delete = Book::delete()
        .forever()
        .filter_some(title, |b, title| b.title.eq(title))
        .filter_optional(|b| any_of((pages.map(|pages| b.pages.eq(pages)),)));
    refused(delete.run(&db), "a DELETE");
    refused(delete.clone().returning(|b| b.id).all(&db), "a DELETE");
    refused(delete.explain(&db), "a DELETE");
    let update = Book::update().filter_some(title, |b, title| b.title.eq(title)).set(|b| b.pages.set(1));
    refused(update.run(&db), "an UPDATE");
    assert_eq!(rows(&db), 30);

    assert_eq!(delete.clone().filter_some(Some(20), |b, pages| b.pages.eq(pages)).run(&db).unwrap(), 1);
    assert_eq!(rows(&db), 29);
    assert_eq!(update.filter(|b| b.id.le(3)).run(&db).unwrap(), 2);
    assert_eq!(delete.all_rows().run(&db).unwrap(), 29);
    assert_eq!(rows(&db), 0);
}
