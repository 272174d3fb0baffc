//! Rows that are inserted unless others are in their way.
#![allow(missing_docs)]

use schema_core::{Db, Repository, Table, ViolationKind};
use time::OffsetDateTime;

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique, collate = nocase)]
    pub isbn: String,
    pub title: String,
    pub pages: Option<i64>,
    #[column(default = 1)]
    pub seen: i64,
    #[column(default_sql = "lower('SHELF')")]
    pub place: String,
    #[column(generated = "length(title)", virtual)]
    pub length: i64,
    #[column(created_at)]
    pub created_at: OffsetDateTime,
    #[column(updated_at)]
    pub updated_at: OffsetDateTime,
    #[column(version)]
    pub version: i64,
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Tag {
    #[column(primary_key, autoincrement)]
    pub id: i64,
    #[column(unique)]
    pub name: String,
    #[column(default = 0)]
    pub uses: i64,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(unique(book_id, day))]
#[table(index(book_id, unique, where = "ended = 0", name = "sessions_active"))]
pub struct Session {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Book)]
    pub book_id: i64,
    pub day: i64,
    pub ended: bool,
    #[column(default = 0)]
    pub minutes: i64,
}

schema_core::schema! {
    pub App { Book, Tag, Session }
}

fn app() -> Db<App> {
    let db = Db::<App>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE books (id INTEGER PRIMARY KEY, isbn TEXT NOT NULL UNIQUE COLLATE NOCASE, title TEXT NOT NULL,
               pages INTEGER CHECK (pages > 0), seen INTEGER NOT NULL DEFAULT 1, place TEXT NOT NULL DEFAULT (lower('SHELF')),
               length INTEGER NOT NULL AS (length(title)), created_at TEXT NOT NULL, updated_at TEXT NOT NULL, version INTEGER NOT NULL DEFAULT 1);
             CREATE TABLE tags (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, uses INTEGER NOT NULL DEFAULT 0);
             CREATE TABLE sessions (id INTEGER PRIMARY KEY, book_id INTEGER NOT NULL REFERENCES books, day INTEGER NOT NULL,
               ended INTEGER NOT NULL, minutes INTEGER NOT NULL DEFAULT 0, UNIQUE (book_id, day));
             CREATE UNIQUE INDEX sessions_active ON sessions (book_id) WHERE ended = 0;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
             INSERT INTO books (isbn, title, created_at, updated_at) SELECT 'isbn-' || i, 'old ' || i, '2020-01-01 00:00:00', '2020-01-01 00:00:00' FROM n;
             INSERT INTO tags (name) VALUES ('sf'), ('classic');
             INSERT INTO sessions (book_id, day, ended) VALUES (1, 1, 1), (1, 2, 0), (2, 1, 1);",
        )
    })
    .unwrap();
    db
}

fn book(isbn: &str, title: &str) -> NewBook {
    NewBook { isbn: isbn.into(), title: title.into() }
}

#[test]
fn a_row_that_is_there_is_changed_by_both_rows_and_its_marks_follow() {
    let db = app();
    let books = BookRepository::new(&db);
    let upsert = |title| {
        books
            .upsert(book("ISBN-7", title).with(|b| b.pages.set(70)))
            .on_conflict(|b| b.isbn)
            .update(|b, new| (b.title.set(new.title), b.pages.set(new.pages), b.seen.set(b.seen + 1)))
    };
    assert_eq!(upsert("new").run().unwrap(), 1);
    let seven = books.get_by(|b| b.isbn, "isbn-7").unwrap();
    assert_eq!((seven.id, seven.isbn.as_str(), seven.title.as_str(), seven.seen), (7, "isbn-7", "new", 2));
    assert_eq!((seven.pages, seven.version, seven.created_at.year()), (Some(70), 2, 2020));
    assert!(seven.updated_at.year() > 2020);
    let again = upsert("newer").returning().unwrap();
    assert_eq!(again, [books.get(7).unwrap()]);
    assert_eq!((again[0].seen, again[0].length), (3, 5));

    let inserted =
        books.upsert(book("other", "first")).on_conflict(|b| b.isbn).update(|b, new| b.title.set(new.title));
    let inserted = inserted.returning().unwrap();
    assert_eq!((inserted[0].id, inserted[0].place.as_str(), inserted[0].version), (301, "shelf", 1));
}

#[test]
fn a_filter_leaves_rows_alone_and_nothing_is_done_where_that_is_said() {
    let db = app();
    let books = BookRepository::new(&db);
    let only_newer = |title: &str| {
        let upsert = books.upsert(book("isbn-1", title)).on_conflict(|b| b.isbn);
        upsert.update(|b, new| b.title.set(new.title)).filter(|b, new| new.title.gt(b.title)).run().unwrap()
    };
    assert_eq!((only_newer("a"), only_newer("z")), (0, 1));
    assert_eq!(books.get(1).unwrap().title, "z");
    assert_eq!(books.upsert(book("isbn-1", "no")).on_conflict(|b| b.isbn).do_nothing().run().unwrap(), 0);
    assert_eq!(books.upsert(book("isbn-1", "no")).do_nothing().returning().unwrap(), []);
    assert_eq!(books.upsert(book("isbn-999", "yes")).do_nothing().run().unwrap(), 1);
    assert_eq!(books.count().unwrap(), 301);
}

#[test]
fn many_rows_are_one_transaction_and_another_constraint_refuses_all() {
    let db = app();
    let books = BookRepository::new(&db);
    let rows = |pages: i64| {
        (290..=310).map(move |i| {
            book(&format!("isbn-{i}"), &format!("sync {i}"))
                .with(|b| b.pages.set(if i == 305 { pages } else { i }))
        })
    };
    let refused = books.upsert_many(rows(-1)).on_conflict(|b| b.isbn).update_all().run().unwrap_err();
    assert!(refused.violation().is_some_and(|violation| violation.kind == ViolationKind::Check), "{refused}");
    assert_eq!(books.get(290).unwrap().title, "old 290");
    assert_eq!(books.upsert_many(rows(5)).on_conflict(|b| b.isbn).update_all().run().unwrap(), 21);
    let there = books.get(290).unwrap();
    assert_eq!(
        (there.title.as_str(), there.pages, there.seen, there.created_at.year(), there.version),
        ("sync 290", Some(290), 1, 2020, 2)
    );
    assert_eq!(books.count().unwrap(), 310);
}

#[test]
fn update_all_leaves_what_the_new_row_does_not_give() {
    let db = app();
    let books = BookRepository::new(&db);
    books.update(7, |b| (b.pages.set(700), b.seen.set(77))).unwrap();
    let isbn = books.get(7).unwrap().isbn;
    let run = |new| books.upsert(new).on_conflict(|b| b.isbn).update_all().run().unwrap();
    assert_eq!(run(book(&isbn, "named").with(|b| b.seen.set(78))), 1);
    let there = books.get(7).unwrap();
    assert_eq!((there.title.as_str(), there.pages, there.seen), ("named", Some(700), 78));
    assert_eq!(run(book(&isbn, "again").with(|b| b.pages.set(None))), 1);
    let there = books.get(7).unwrap();
    assert_eq!((there.title.as_str(), there.pages, there.seen), ("again", None, 78));
    // A tag gives nothing but what it is found by.
    let tags = TagRepository::new(&db);
    let tag = tags.get_or_insert(|t| t.name, NewTag { name: "sf".into() }).unwrap();
    tags.update(tag.id, |t| t.uses.set(9)).unwrap();
    assert_eq!(
        tags.upsert(NewTag { name: "sf".into() }).on_conflict(|t| t.name).update_all().run().unwrap(),
        0
    );
    assert_eq!(tags.get(tag.id).unwrap().uses, 9);
}

#[test]
fn sets_of_columns_and_partial_indexes_are_targets() {
    let db = app();
    let sessions = SessionRepository::new(&db);
    let by_day = NewSession { book_id: 1, day: 1, ended: true };
    let longer =
        sessions.upsert(by_day).on_conflict(|s| s.book_id_day).update(|s, _| s.minutes.set(s.minutes + 30));
    assert_eq!(longer.returning().unwrap()[0].minutes, 30);
    // Of a book one session is active; ended ones are not in the way.
    let active = |book_id, day| {
        let new = NewSession { book_id, day, ended: false };
        sessions.upsert(new).on_index("sessions_active").update(|s, new| s.day.set(new.day)).run().unwrap()
    };
    assert_eq!((active(1, 9), active(2, 2)), (1, 1));
    assert_eq!(sessions.count().unwrap(), 4);
    assert_eq!(sessions.query().filter(|s| s.day.eq(9)).one(&db).unwrap().id, 2);
    let new = NewSession { book_id: 1, day: 1, ended: false };
    let unknown = sessions.upsert(new).on_index("sessions_activ").do_nothing().run().unwrap_err();
    assert!(unknown.is_misuse() && unknown.to_string().contains("sessions_active"), "{unknown}");
}

#[test]
fn no_id_of_an_autoincrement_is_taken_for_a_row_that_is_there() {
    let db = app();
    let tags = TagRepository::new(&db);
    for _ in 0..50 {
        let upsert = tags.upsert(NewTag { name: "sf".into() }).on_conflict(|t| t.name);
        assert_eq!(upsert.update(|t, _| t.uses.set(t.uses + 1)).run().unwrap(), 1);
        assert_eq!(
            tags.upsert(NewTag { name: "classic".into() })
                .on_conflict(|t| t.name)
                .do_nothing()
                .run()
                .unwrap(),
            0
        );
        assert_eq!(tags.get_or_insert(|t| t.name, NewTag { name: "sf".into() }).unwrap().id, 1);
    }
    assert_eq!(tags.get(1).unwrap().uses, 50);
    let upsert = tags.upsert(NewTag { name: "sf".into() }).on_conflict(|t| t.name);
    let filtered = upsert.update(|t, new| t.uses.set(new.uses + 7)).filter(|t, _| t.uses.lt(5));
    assert_eq!(filtered.returning().unwrap(), []);
    let new = NewTag { name: "new".into() }.with(|t| t.uses.set(3));
    let new = tags
        .upsert(new)
        .on_conflict(|t| t.name)
        .update(|t, new| t.uses.set(t.uses + new.uses))
        .returning()
        .unwrap();
    assert_eq!(new, [Tag { id: 3, name: "new".into(), uses: 3 }]);
    assert_eq!(tags.get_or_insert(|t| t.name, NewTag { name: "fourth".into() }).unwrap().id, 4);
}

#[test]
fn a_row_is_got_or_inserted_by_a_unique_column_or_set() {
    let db = app();
    let books: Repository<'_, Book, App> = Repository::new(&db);
    let there = books.get_or_insert(|b| b.isbn, book("ISBN-3", "other")).unwrap();
    assert_eq!((there.id, there.title.as_str()), (3, "old 3"));
    let new = books.get_or_insert(|b| b.isbn, book("new", "title").with(|b| b.seen.set(5))).unwrap();
    assert_eq!((new.id, new.seen, books.get(301).unwrap()), (301, 5, new.clone()));
    let sessions = SessionRepository::new(&db);
    let by_set =
        sessions.get_or_insert(|s| s.book_id_day, NewSession { book_id: 1, day: 2, ended: true }).unwrap();
    assert_eq!((by_set.id, by_set.ended), (2, false));
    let no_key = books.get_or_insert(|b| b.id, book("x", "y")).unwrap_err();
    assert!(no_key.is_misuse() && no_key.to_string().contains("`id`"), "{no_key}");
    let orphan = sessions
        .get_or_insert(|s| s.book_id_day, NewSession { book_id: 9999, day: 2, ended: true })
        .unwrap_err();
    assert!(orphan.violation().is_some(), "{orphan}");
}

#[test]
fn rows_of_a_query_are_inserted_without_passing_through_the_program() {
    let db = app();
    let tags = TagRepository::new(&db);
    let titles = Book::query().filter(|b| b.id.le(100)).select(|b| (b.title.concat(" tag"), b.id));
    assert_eq!(tags.insert_from(|t| (t.name, t.uses), titles).unwrap(), 100);
    assert_eq!(tags.get_by(|t| t.name, "old 42 tag").unwrap().uses, 42);
    // Its own rows, with what the framework fills in by itself.
    let books = BookRepository::new(&db);
    let copies = Book::query()
        .order_by(|b| b.id.desc())
        .limit(7)
        .select(|b| (b.title, b.isbn.concat(" copy"), b.pages));
    assert_eq!(books.insert_from(|b| (b.title, b.isbn, b.pages), copies).unwrap(), 7);
    let copy = books.get_by(|b| b.isbn, "isbn-300 copy").unwrap();
    assert_eq!(
        (copy.title.as_str(), copy.seen, copy.version, copy.place.as_str()),
        ("old 300", 1, 1, "shelf")
    );
    assert!(copy.created_at.year() > 2020);
    assert_eq!(tags.insert_from(|t| t.name, Tag::query().select(|t| t.name.concat("!"))).unwrap(), 102);

    let taken = tags.insert_from(|t| t.name, Tag::query().select(|t| t.name)).unwrap_err();
    assert!(taken.violates::<Tag>(|t| t.name), "{taken}");
    let missing = books.insert_from(|b| b.title, Book::query().select(|b| b.title)).unwrap_err();
    assert!(missing.is_misuse() && missing.to_string().contains("`isbn`"), "{missing}");
    assert_eq!((tags.count().unwrap(), books.count().unwrap()), (204, 307));
}
