//! Repositories and queries on derived models.
#![allow(missing_docs)]

use schema_core::{Db, Table, exists};
use time::OffsetDateTime;

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
    #[column(created_at)]
    pub created_at: OffsetDateTime,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(unique(author_id, title))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub isbn: String,
    pub title: String,
    #[column(references = Author)]
    pub author_id: Option<i64>,
    #[column(default = 0)]
    pub price_cents: i64,
    #[column(generated = "price_cents / 100.0")]
    pub price: f64,
    #[column(version)]
    pub version: i64,
}

/// A book's picture: its key is the book's.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Cover {
    #[column(primary_key, references = Book)]
    pub book_id: i64,
    #[column(json)]
    pub colours: Vec<String>,
    #[column(json)]
    pub size: Option<(u16, u16)>,
}

schema_core::schema! {
    /// Everything.
    pub Library { Book, Author, Cover }
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE authors (id INTEGER PRIMARY KEY, name TEXT NOT NULL, created_at TEXT NOT NULL);
             CREATE TABLE books (
               id INTEGER PRIMARY KEY, isbn TEXT NOT NULL UNIQUE, title TEXT NOT NULL,
               author_id INTEGER REFERENCES authors (id), price_cents INTEGER NOT NULL DEFAULT 0,
               price REAL NOT NULL AS (price_cents / 100.0), version INTEGER NOT NULL DEFAULT 1,
               UNIQUE (author_id, title));
             CREATE TABLE covers (
               book_id INTEGER PRIMARY KEY REFERENCES books (id), colours TEXT NOT NULL, size TEXT);",
        )
    })
    .unwrap();
    db
}

#[test]
fn a_key_that_is_another_tables_row_is_named_by_every_new_row() {
    let db = library();
    let books = BookRepository::new(&db);
    for isbn in ["1", "2", "3"] {
        books.insert(NewBook { isbn: isbn.into(), title: isbn.into() }).unwrap();
    }
    let covers = CoverRepository::new(&db);
    let cover = covers.insert(NewCover { book_id: 3, colours: vec!["red".into()] }).unwrap();
    assert_eq!(cover, Cover { book_id: 3, colours: vec!["red".into()], size: None });
    let more = [1, 2].map(|book_id| NewCover { book_id, colours: Vec::new() });
    assert_eq!(covers.insert_many(more).unwrap(), 2);
    assert_eq!(covers.list().unwrap().len(), 3);
    assert_eq!(covers.get(3).unwrap(), cover);
    let twice = covers.insert(NewCover { book_id: 3, colours: Vec::new() }).unwrap_err();
    assert!(twice.violates::<Cover>(|c| c.book_id), "{twice}");
    let nobody = covers.insert(NewCover { book_id: 4, colours: Vec::new() }).unwrap_err();
    assert!(nobody.violation().is_some(), "{nobody}");
}

#[test]
fn json_is_set_from_the_value_itself() {
    let db = library();
    let book = BookRepository::new(&db).insert(NewBook { isbn: "1".into(), title: "A".into() }).unwrap();
    let covers = CoverRepository::new(&db);
    let new = NewCover { book_id: book.id, colours: Vec::new() };
    let cover = covers.insert(new.with(|c| c.size.set((3, 4)))).unwrap();
    assert_eq!(cover.size, Some((3, 4)));
    let colours = vec!["blue".to_owned()];
    covers.update(book.id, |c| (c.colours.set(&colours), c.size.set(None))).unwrap();
    let cover = covers.get(book.id).unwrap();
    assert_eq!((cover.colours, cover.size), (colours, None));
    covers.update(book.id, |c| (c.colours.set(vec!["red".to_owned()]), c.size.set(Some((1, 2))))).unwrap();
    let cover = covers.get(book.id).unwrap();
    assert_eq!((cover.colours, cover.size), (vec!["red".to_owned()], Some((1, 2))));
}

#[test]
fn a_row_comes_back_as_it_was_inserted() {
    let db = library();
    let authors = AuthorRepository::new(&db);
    let frank = authors.insert(NewAuthor { name: "Frank Herbert".into() }).unwrap();
    assert_eq!(authors.get(frank.id).unwrap(), frank);
    let books = BookRepository::new(&db);
    let dune = books
        .insert(
            NewBook { isbn: "1".into(), title: "Dune".into() }
                .with(|b| (b.author_id.set(frank.id), b.price_cents.set(999))),
        )
        .unwrap();
    assert_eq!((dune.price, dune.version, dune.author_id), (9.99, 1, Some(frank.id)));
    assert_eq!(books.get_by(|b| b.isbn, "1").unwrap(), dune);
    assert_eq!(books.get_by(|b| b.author_id_title, (frank.id, "Dune")).unwrap(), dune);
    books
        .update(dune.id, |b| {
            (b.title.set("Dune I"), b.author_id.set(None), b.price_cents.set(b.price_cents + 1))
        })
        .unwrap();
    let read = books.get(dune.id).unwrap();
    assert_eq!(
        (read.title.as_str(), read.author_id, read.price_cents, read.version),
        ("Dune I", None, 1000, 2)
    );
    books
        .patch(
            dune.id,
            serde_json::from_str::<BookUpdate>(r#"{"title": "Dune II", "author_id": 1}"#).unwrap(),
        )
        .unwrap();
    assert!(books.save(&read).unwrap_err().is_stale());
    let read = books.get(dune.id).unwrap();
    assert_eq!(books.save(&Book { price_cents: 5, ..read.clone() }).unwrap().version, read.version + 1);
    let error = books.insert(NewBook { isbn: "1".into(), title: "Other".into() }).unwrap_err();
    assert!(error.violates::<Book>(|b| b.isbn) && !error.violates::<Book>(|b| b.title), "{error}");
    assert_eq!(
        books
            .insert_many((0..120).map(|n| NewBook { isbn: format!("x{n}"), title: format!("t{n}") }))
            .unwrap(),
        120
    );
    assert_eq!(books.count().unwrap(), 121);
    let rows: Vec<(String, Option<String>)> = Book::query()
        .left_join::<Author>(|b, a| a.id.eq(b.author_id))
        .filter(|(b, _)| b.title.starts_with("Du").and(b.price_cents.lt(10)))
        .order_by(|(b, a)| (a.name.asc().nulls_last(), b.id.desc()))
        .select(|(b, a)| (b.title, a.name))
        .all(&db)
        .unwrap();
    assert_eq!(rows, [("Dune II".to_owned(), Some("Frank Herbert".to_owned()))]);
    let pairs = Book::query().left_join::<Author>(|b, a| a.id.eq(b.author_id)).limit(2).all(&db).unwrap();
    assert!(pairs[0].1.is_some() && pairs[1].1.is_none());
    assert_eq!(
        Author::query()
            .filter(|a| exists(Book::query().filter(|b| b.author_id.eq(a.id))))
            .count(&db)
            .unwrap(),
        1
    );
    assert_eq!(Book::query().filter(|b| b.id.in_list([1, 2, 3])).count(&db).unwrap(), 3);
    books.delete(dune.id).unwrap();
    assert!(books.get(dune.id).unwrap_err().is_not_found());
}

#[test]
fn a_foreign_key_that_refuses_a_row_is_found() {
    let db = library();
    let authors = AuthorRepository::new(&db);
    let frank = authors.insert(NewAuthor { name: "Frank Herbert".into() }).unwrap();
    let books = BookRepository::new(&db);
    let new = |at: i64, author: i64| {
        NewBook { isbn: at.to_string(), title: at.to_string() }.with(|b| b.author_id.set(author))
    };
    let dune = books.insert(new(1, frank.id)).unwrap();
    for error in [
        books.insert(new(2, 99)).unwrap_err(),
        books.insert_many((2..80).map(|at| new(at, if at == 70 { 99 } else { frank.id }))).unwrap_err(),
        books.update(dune.id, |b| b.author_id.set(99)).unwrap_err(),
        books
            .patch(dune.id, serde_json::from_str::<BookUpdate>(r#"{"author_id": 99}"#).unwrap())
            .unwrap_err(),
        books.save(&Book { author_id: Some(99), ..dune.clone() }).unwrap_err(),
        Book::update().filter(|b| b.title.ne("2")).set(|b| b.author_id.set(99)).run(&db).unwrap_err(),
        Book::update().all_rows().set(|b| b.author_id.set(99)).returning(|b| b.id).all(&db).unwrap_err(),
    ] {
        assert!(error.violates::<Book>(|b| b.author_id), "{error}");
        assert!(!error.violates::<Book>(|b| b.title), "{error}");
        assert!(
            error.to_string().contains("`books.author_id` refers to `authors.id`, where no row has 99"),
            "{error}"
        );
    }
    let named = Author::delete().filter(|a| a.name.like("frank%"));
    for error in [
        authors.delete(frank.id).unwrap_err(),
        named.run(&db).unwrap_err(),
        named.returning(|a| a.name).all(&db).unwrap_err(),
        Author::delete().all_rows().run(&db).unwrap_err(),
    ] {
        assert!(error.violates::<Book>(|b| b.author_id), "{error}");
        assert!(!error.violates::<Author>(|a| a.id), "{error}");
        assert!(error.to_string().contains("and such rows are still there"), "{error}");
    }
    // What it would be is not known; that other rows refer to the changed one is not the cause.
    let error = books.update(dune.id, |b| b.author_id.set(b.id + 98)).unwrap_err();
    assert_eq!(error.violation().unwrap().columns, [""; 0], "{error}");
    assert_eq!((books.get(dune.id).unwrap(), books.count().unwrap()), (dune, 1));
}

/// 70 columns: more than a set of bits holds.
mod wide {
    use schema_core::{Db, Table};

    macro_rules! wide {
        ($($column:ident)*) => {
            #[derive(Table, Clone, Debug, PartialEq)]
            pub(super) struct Wide {
                #[column(primary_key)]
                pub(super) id: i64,
                $(pub(super) $column: Option<i64>,)*
                #[column(stored = "unix")]
                pub(super) seen: time::OffsetDateTime,
            }
            const COLUMNS: &[&str] = &[$(stringify!($column)),*];
        };
    }
    wide!(a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 b0 b1 b2 b3 b4 b5 b6 b7 b8 b9 c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 d0 d1 d2 d3
        d4 d5 d6 d7 d8 d9 e0 e1 e2 e3 e4 e5 e6 e7 e8 e9 f0 f1 f2 f3 f4 f5 f6 f7 f8 f9 g0 g1 g2 g3 g4 g5 g6 g7);
    schema_core::schema! { pub(super) Everything { Wide } }

    #[test]
    fn a_table_of_over_64_columns_is_updated_like_any_other() {
        let db = Db::<Everything>::in_memory().unwrap();
        let columns = COLUMNS.join(" INTEGER, ");
        db.sqlite_raw(|connection| {
            connection.execute_batch(&format!(
                "CREATE TABLE wides (id INTEGER PRIMARY KEY, {columns} INTEGER, seen INTEGER NOT NULL)"
            ))
        })
        .unwrap();
        let wides = WideRepository::new(&db);
        let row = wides.insert(NewWide { seen: time::macros::datetime!(2025-01-01 0:00:00.5 UTC) }).unwrap();
        assert_eq!(wides.get(row.id).unwrap(), row, "what was inserted is what is stored");
        wides.update(row.id, |w| (w.g7.set(7), w.a0.set(1))).unwrap();
        wides.update(row.id, |w| w.g6.set(6)).unwrap();
        let read = wides.get(row.id).unwrap();
        assert_eq!((read.a0, read.g6, read.g7, read.f9), (Some(1), Some(6), Some(7), None));
    }
}
