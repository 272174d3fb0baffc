//! What is said of a mistake that only the data shows, on a filled database: what, why, and what to write instead.
#![allow(missing_docs)]

use schema_core::{
    Db, Hooks, Result, SqlEnum, Table, Tx, exists,
    expr::{Collation, sum},
    repository::Filled,
};
use time::{Date, OffsetDateTime};

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq)]
#[sql_enum(rename_all = "snake_case")]
pub enum Status {
    Draft,
    OnSale,
}

#[derive(Table, Clone, Debug, PartialEq)]
#[table(unique(shelf, title))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub isbn: String,
    pub shelf: i64,
    pub title: String,
    #[column(default = 0)]
    pub sold: i64,
    #[column(default = 0)]
    pub level: u8,
    #[column(default = Status::Draft)]
    pub status: Status,
    #[column(json)]
    pub tags: Option<Vec<String>>,
    pub note: Option<String>,
    pub published_on: Option<Date>,
    #[column(soft_delete)]
    pub deleted_at: Option<OffsetDateTime>,
}

/// Its name is trimmed by a hook, and may not be empty then.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(hooks)]
pub struct Tag {
    #[column(primary_key)]
    pub id: i64,
    #[column(check_fn = not_empty)]
    pub name: String,
}

fn not_empty(name: &str) -> Result<(), &'static str> {
    if name.is_empty() { Err("is empty") } else { Ok(()) }
}

impl Hooks for Tag {
    type Schema = Library;

    fn before_insert(_: &Tx<'_, Library>, new: &mut Filled<NewTag>) -> Result<()> {
        new.name = new.name.trim().to_owned();
        Ok(())
    }
}

schema_core::schema! {
    pub Library { Book, Tag }
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| {
        connection.execute_batch(
            "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
             CREATE TABLE books (id INTEGER PRIMARY KEY, isbn TEXT NOT NULL UNIQUE, shelf INTEGER NOT NULL,
               title TEXT NOT NULL, sold INTEGER NOT NULL, level INTEGER NOT NULL, status TEXT NOT NULL, tags TEXT,
               note TEXT, published_on TEXT, deleted_at TEXT, UNIQUE (shelf, title));
             INSERT INTO books VALUES (1, 'a', 1, 'Dune', 9223372036854775807, 0, 'draft', NULL, '{\"n\": 1}', NULL, NULL),
               (2, 'b', 1, 'Emma', 9223372036854775807, 0, 'draft', NULL, 'no JSON', NULL, NULL),
               (3, 'c', 2, 'Ulysses', 1, 0, 'draft', NULL, NULL, NULL, '2024-01-01 00:00:00.000000');",
        )
    })
    .unwrap();
    db
}

fn new(isbn: &str, shelf: i64, title: &str) -> NewBook {
    NewBook { isbn: isbn.into(), shelf, title: title.into() }
}

#[test]
fn a_living_row_that_is_restored_is_said_to_live() {
    let db = library();
    let books = BookRepository::new(&db);
    let error = books.restore(1).unwrap_err();
    assert!(error.is_not_found(), "{error}");
    assert_eq!(
        error.to_string(),
        "the row of `books` with id = 1 is not deleted: there is nothing to restore; nothing was changed"
    );
    assert_eq!(books.restore(9).unwrap_err().to_string(), "no row of `books` with id = 9");
    books.restore(3).unwrap();
    assert_eq!(books.get(3).unwrap().title, "Ulysses");
}

#[test]
fn a_deleted_row_in_the_way_is_named_wherever_it_is_known() {
    let db = library();
    let books = BookRepository::new(&db);
    let way = "the row in the way (id = 3) is soft-deleted: `restore` brings it back";
    let says = |answer: schema_core::Result<()>, words: &str| {
        let error = answer.unwrap_err();
        assert!(error.violation().is_some(), "{error}");
        assert!(error.to_string().contains(words), "{error}");
    };
    says(books.insert(new("c", 5, "Other")).map(drop), way);
    says(books.insert_many([new("x", 6, "One"), new("y", 2, "Ulysses")]).map(drop), way);
    says(books.update(1, |b| b.isbn.set("c")), way);
    says(books.update(1, |b| (b.shelf.set(2), b.title.set("Ulysses"))), way);
    says(books.save(&Book { isbn: "c".into(), ..books.get(1).unwrap() }).map(drop), way);
    says(books.get_or_insert(|b| b.isbn, new("c", 7, "New")).map(drop), way);
    says(books.upsert(new("c", 7, "New")).on_conflict(|b| b.shelf_title).update_all().run().map(drop), way);
    // Where the values are not known beforehand, that it may be one.
    let maybe = "may be a soft-deleted one: `with_deleted()` shows it";
    says(Book::update().filter(|b| b.id.eq(1)).set(|b| b.isbn.set("c")).run(&db).map(drop), maybe);
    let copy = Book::query().filter(|b| b.id.eq(1)).select(|b| (b.isbn, b.shelf, b.title));
    says(books.insert_from(|b| (b.isbn, b.shelf, b.title), copy).map(drop), maybe);
    // A living row in the way is none of it.
    let error = books.insert(new("a", 9, "New")).unwrap_err();
    assert!(!error.to_string().contains("soft-deleted"), "{error}");
    assert_eq!(Book::query().with_deleted().count(&db).unwrap(), 3, "nothing was changed");
}

#[test]
fn a_patch_speaks_of_fields_and_of_json() {
    let refused = |json: &str| serde_json::from_str::<BookUpdate>(json).map(drop).unwrap_err().to_string();
    let starts = |json: &str, words: &str| {
        let error = refused(json);
        assert!(error.starts_with(words), "{error}");
        assert!(!error.contains("::"), "{error}");
    };
    starts(r#"{"title": 5}"#, "field `title` takes text, and the JSON has 5");
    starts(r#"{"title": null}"#, "field `title` takes text, and the JSON has null");
    starts(r#"{"sold": "many"}"#, "field `sold` takes a whole number, and the JSON has \"many\"");
    starts(r#"{"sold": 1.5}"#, "field `sold` takes a whole number, and the JSON has 1.5");
    starts(r#"{"level": 300}"#, "field `level` takes a whole number, and the JSON has 300: out of range");
    starts(
        r#"{"status": "sold"}"#,
        "field `status` takes one of `draft`, `on_sale`, and the JSON has \"sold\"",
    );
    starts(r#"{"note": ["x"]}"#, "field `note` takes text, and the JSON has an array");
    starts(
        r#"{"published_on": true}"#,
        "field `published_on` takes a date such as `2025-11-27`, and the JSON has true",
    );
    starts(
        r#"{"tags": [1]}"#,
        "field `tags` takes JSON of its own form, and the JSON has an array: invalid type",
    );
    starts(r#"{"titel": "x"}"#, "unknown field `titel`, expected one of `isbn`, ");
}

#[test]
fn what_sqlite_refuses_in_few_words_names_the_statement_and_what_to_do() {
    let db = library();
    let refused = |error: schema_core::Error, words: &[&str]| {
        let text = error.to_string();
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
        text
    };
    let error = Book::query().aggregate(|b| sum(b.sold)).one(&db).unwrap_err();
    assert!(error.is_value());
    refused(
        error,
        &[
            "integer overflow: a sum",
            "`total(b.n)`",
            "nothing was changed",
            "(in `SELECT sum(t0.\"sold\") FROM \"books\"",
        ],
    );
    let error = Book::query().filter(|b| b.note.json_extract::<i64>("$.n").eq(1)).all(&db).unwrap_err();
    assert!(error.is_value());
    refused(error, &["malformed JSON: ", "json_valid", "t0.\"note\", '$.n')"]);
    let error = Book::query().select(|b| b.note.json_extract::<i64>("n".to_owned())).all(&db).unwrap_err();
    refused(
        error,
        &["bad JSON path: 'n': a path begins with `$`", "(in `SELECT json_extract(t0.\"note\", ?)"],
    );
    let both = Book::query().select(|b| b.id).union(Book::query().select(|b| b.sold)).order_by_result(1);
    let error = both.all(&db).unwrap_err();
    assert!(error.is_misuse());
    refused(error, &["the result is ordered by its column 1, and it has 1, counted from 0; nothing was run"]);
    let error =
        Book::query().order_by(|b| b.title.collate(Collation::Own("unicase")).asc()).all(&db).unwrap_err();
    refused(
        error,
        &["no such collation sequence: unicase: register it", "OpenOptions::collation", "(in `SELECT "],
    );
    let long = "%".repeat(60_000);
    let error = Book::query().filter(|b| b.title.like(&long)).count(&db).unwrap_err();
    let text = refused(error, &["LIKE or GLOB pattern too complex: ", "(in `SELECT count(*) FROM"]);
    assert!(text.len() < 1000, "the pattern is bound, and not shown");
    let error =
        Book::update().filter(|b| b.note.json_extract::<i64>("$.n").eq(1)).set(|b| b.sold.set(1)).run(&db);
    refused(error.unwrap_err(), &["malformed JSON: ", "nothing was changed (in `UPDATE \"books\" SET "]);
    let error =
        BookRepository::new(&db).update(2, |b| b.sold.set(b.note.json_extract::<i64>("$.n").unwrap_or(0)));
    refused(error.unwrap_err(), &["malformed JSON: ", "(in `UPDATE \"books\" SET "]);
    // An error within the work of a statement names its own, once.
    let error =
        Book::query().for_each(&db, |book| Err(schema_core::Error::other(format!("stop at {}", book.id))));
    assert_eq!(error.unwrap_err().to_string(), "stop at 1");
}

#[test]
fn every_wrong_row_of_many_is_named_also_where_hooks_write_them() {
    let db = library();
    let tags = TagRepository::new(&db);
    let rows =
        |names: &[&str]| names.iter().map(|name| NewTag { name: (*name).to_owned() }).collect::<Vec<_>>();
    let error = tags.insert_many(rows(&["sf", "", "prose", "  ", "verse"])).unwrap_err();
    assert!(error.is_invalid());
    let wrong: Vec<_> = error.invalid().iter().map(|field| (field.row, &*field.field)).collect();
    assert_eq!(wrong, [(Some(1), "name"), (Some(3), "name")]);
    assert_eq!(
        error.to_string(),
        "invalid values for `tags`: row 1, `name`: is empty; row 3, `name`: is empty; nothing was changed"
    );
    let error = tags.insert_many(rows(&[" "; 500])).unwrap_err();
    assert_eq!(error.invalid().len(), 100, "nobody reads more");
    assert_eq!(tags.count().unwrap(), 0);
    let error = tags.insert_many_returning(rows(&["", "sf", ""])).unwrap_err();
    assert_eq!(error.invalid().iter().map(|field| field.row).collect::<Vec<_>>(), [Some(0), Some(2)]);
    let inserted = tags.insert_many_returning(rows(&[" sf", "prose "])).unwrap();
    assert_eq!(inserted, [Tag { id: 1, name: "sf".into() }, Tag { id: 2, name: "prose".into() }]);
    assert_eq!(Tag::query().select(|t| t.name).all(&db).unwrap(), ["sf", "prose"]);
}

#[test]
fn a_stream_of_rows_in_a_transaction_cannot_read_what_it_writes() {
    let db = library();
    let refused = |answer: Result<()>| {
        let error = answer.unwrap_err();
        assert!(error.is_misuse(), "{error}");
        assert!(
            error.to_string().starts_with("a `for_each` on this transaction is reading `books`"),
            "{error}"
        );
        Ok(())
    };
    db.transaction(|tx| {
        let books = BookRepository::new(tx);
        let mut seen = 0;
        Book::query().for_each(tx, |book| {
            seen += 1;
            refused(books.insert(new(&format!("{} copy", book.isbn), 9, &book.title)).map(drop))?;
            refused(books.insert_many([new("x", 1, "x")]).map(drop))?;
            refused(books.upsert(new("x", 1, "x")).do_nothing().run().map(drop))?;
            refused(books.get_or_insert(|b| b.isbn, new("x", 1, "x")).map(drop))?;
            refused(books.update(book.id, |b| b.sold.set(b.sold + 1)))?;
            refused(books.patch(book.id, serde_json::from_str(r#"{"sold": 5}"#).unwrap()))?;
            refused(books.save(&book).map(drop))?;
            refused(books.delete(book.id))?;
            refused(books.delete_forever(book.id))?;
            refused(Book::update().all_rows().set(|b| b.sold.set(1)).run(tx).map(drop))?;
            refused(Book::delete().all_rows().returning(|b| b.id).all(tx).map(drop))?;
            let all = Book::query().select(|b| (b.isbn, b.shelf, b.title));
            refused(books.insert_from(|b| (b.isbn, b.shelf, b.title), all).map(drop))?;
            // Other tables are written as they like.
            TagRepository::new(tx).insert(NewTag { name: book.title })?;
            Ok(())
        })?;
        assert_eq!(seen, 2);
        // A subquery reads, too, and so does a query on a savepoint; afterwards all is free again.
        let with_books = Tag::query().filter(|_| exists(Book::query()));
        with_books.for_each(tx, |_| tx.savepoint(|inner| refused(BookRepository::new(inner).delete(1))))?;
        books.delete(1)
    })
    .unwrap();
    assert_eq!(Tag::query().select(|t| t.name).all(&db).unwrap(), ["Dune", "Emma"]);
    assert_eq!(Book::query().select(|b| b.id).all(&db).unwrap(), [2]);
}
