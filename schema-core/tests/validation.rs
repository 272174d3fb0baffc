//! Values that a model's `check_fn` refuses.
#![allow(missing_docs)]

use schema_core::{
    Db, Error, InvalidField, SqlType, Table, dialect::sqlite::create_statements, expr::value, set,
};
use time::{Date, macros::date};

#[derive(SqlType, Clone, Debug, PartialEq)]
pub struct Isbn(String);

/// Another error type than text.
#[derive(Debug)]
pub struct TooLong(usize);
impl std::fmt::Display for TooLong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "has {} characters, 10 are enough", self.0)
    }
}

fn not_blank(text: &str) -> Result<(), &'static str> {
    if text.trim().is_empty() { Err("must not be blank") } else { Ok(()) }
}

mod rules {
    pub(super) fn digits(isbn: &super::Isbn) -> Result<(), String> {
        match isbn.0.chars().find(|letter| !letter.is_ascii_digit()) {
            Some(letter) => Err(format!("has `{letter}`, which is no digit")),
            None => Ok(()),
        }
    }
}

fn positive<N: PartialOrd + Default>(number: &N) -> Result<(), &'static str> {
    if *number > N::default() { Ok(()) } else { Err("must be positive") }
}

fn short(tags: &[String]) -> Result<(), TooLong> {
    let length = tags.iter().map(String::len).sum();
    if length > 10 { Err(TooLong(length)) } else { Ok(()) }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "a check function takes a reference")]
fn printed(day: &Date) -> Result<(), &'static str> {
    if *day < date!(1450 - 01 - 01) { Err("is before printing") } else { Ok(()) }
}

#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique, name = "isbn_13", check_fn = rules::digits)]
    pub isbn: Isbn,
    #[column(check_fn = not_blank)]
    pub title: String,
    #[column(check_fn = positive)]
    pub pages: Option<i64>,
    #[column(default = 1, check_fn = positive::<i64>)]
    pub copies: i64,
    #[column(json, check_fn = short)]
    pub tags: Option<Vec<String>>,
    #[column(check_fn = printed)]
    pub published: Option<Date>,
    pub note: Option<String>,
}

schema_core::schema! {
    pub Library { Book }
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    db.sqlite_raw(|connection| connection.execute_batch(&create_statements(Book::DEF).join(";\n"))).unwrap();
    let books = BookRepository::new(&db);
    books.insert_many((1..=20).map(|at| new(&at.to_string(), &format!("book {at}")))).unwrap();
    db
}

fn new(isbn: &str, title: &str) -> NewBook {
    NewBook { isbn: Isbn(isbn.into()), title: title.into() }
}

fn fields(error: &Error) -> Vec<(&str, Option<usize>)> {
    assert!(error.is_invalid(), "{error:?}");
    error.invalid().iter().map(|field| (field.field.as_str(), field.row)).collect()
}

#[test]
fn every_field_of_a_new_row_that_is_invalid_is_in_one_error() {
    let db = library();
    let books = BookRepository::new(&db);
    let wrong = || {
        new("97a", " ").with(|b| {
            (
                b.pages.set(-3),
                b.copies.set(0),
                b.published.set(date!(1200 - 01 - 01)),
                b.tags.set(Some(vec!["dystopia".into(), "future".into()])),
            )
        })
    };
    let error = books.insert(wrong()).unwrap_err();
    let all = ["isbn", "title", "pages", "copies", "tags", "published"];
    assert_eq!(fields(&error), all.map(|field| (field, None)));
    assert_eq!(
        error.invalid()[0],
        InvalidField {
            table: "books".into(),
            column: "isbn_13".into(),
            field: "isbn".into(),
            row: None,
            message: "has `a`, which is no digit".into(),
        }
    );
    assert_eq!(
        error.to_string(),
        "invalid values for `books`: `isbn`: has `a`, which is no digit; `title`: must not be blank; `pages`: must \
         be positive; `copies`: must be positive; `tags`: has 14 characters, 10 are enough; `published`: is before \
         printing; nothing was changed"
    );
    for error in [
        wrong().validate().unwrap_err(),
        books.get_or_insert(|b| b.isbn, wrong()).unwrap_err(),
        books.upsert(wrong()).do_nothing().run().unwrap_err(),
        books.upsert(wrong()).on_conflict(|b| b.isbn).update_all().returning().unwrap_err(),
    ] {
        assert_eq!(fields(&error), all.map(|field| (field, None)));
    }
    assert_eq!(fields(&new("", "").validate().unwrap_err()), [("title", None)]);
    new("1", "x").validate().unwrap();
    new("1", "x").with(|b| b.pages.set(None)).validate().unwrap();
    assert_eq!(books.count().unwrap(), 20);
    assert_eq!(
        db.read_transaction(|tx| Book::query().filter(|b| b.title.eq("book 7")).count(tx)).unwrap(),
        1
    );
}

#[test]
fn of_many_rows_each_invalid_one_is_named_and_none_is_inserted() {
    let db = library();
    let books = BookRepository::new(&db);
    let rows = || {
        (0..100).map(|at| {
            new(&format!("{}", 100 + at), if at == 70 { "" } else { "x" })
                .with(|b| b.pages.set(if at % 50 == 3 { -1 } else { 1 }))
        })
    };
    let error = books.insert_many(rows()).unwrap_err();
    assert_eq!(fields(&error), [("pages", Some(3)), ("pages", Some(53)), ("title", Some(70))]);
    assert!(error.to_string().contains("row 70, `title`: must not be blank"), "{error}");
    let error = books
        .upsert_many(rows())
        .on_conflict(|b| b.isbn)
        .update(|b, new| (b.title.set(new.title), b.copies.set(-1)))
        .run()
        .unwrap_err();
    let wanted = [("pages", Some(3)), ("pages", Some(53)), ("title", Some(70)), ("copies", None)];
    assert_eq!(fields(&error), wanted);
    let error = books.insert_many((0..15).map(|at| new(&format!("3{at}"), ""))).unwrap_err();
    assert_eq!(error.invalid().len(), 15);
    assert!(error.to_string().ends_with("; and 5 more; nothing was changed"), "{error}");
    assert_eq!(books.count().unwrap(), 20);
}

#[test]
fn what_changes_a_row_is_checked_before_it_is_changed() {
    let db = library();
    let books = BookRepository::new(&db);
    let row = books.get(7).unwrap();
    let patch: BookUpdate = serde_json::from_str(r#"{"title": "", "pages": 0, "note": ""}"#).unwrap();
    assert_eq!(fields(&patch.validate().unwrap_err()), [("title", None), ("pages", None)]);
    assert_eq!(fields(&books.patch(7, patch).unwrap_err()), [("title", None), ("pages", None)]);
    BookUpdate { title: set("x"), pages: set(None), ..BookUpdate::default() }.validate().unwrap();
    for error in [
        books.update(7, |b| (b.title.set(" "), b.pages.set(-1))).unwrap_err(),
        books.update_returning(7, |b| (b.title.set(" "), b.pages.set(-1))).unwrap_err(),
        books.save(&Book { title: " ".into(), pages: Some(-1), ..row.clone() }).unwrap_err(),
        Book::update()
            .filter(|b| b.id.gt(3))
            .set(|b| (b.title.set(" "), b.pages.set(-1)))
            .run(&db)
            .unwrap_err(),
        Book::update()
            .all_rows()
            .set(|b| (b.title.set(" "), b.pages.set(-1)))
            .returning(|b| b.id)
            .all(&db)
            .unwrap_err(),
    ] {
        assert_eq!(fields(&error), [("title", None), ("pages", None)]);
    }
    assert_eq!(books.get(7).unwrap(), row);
    // What an expression gives, only the database knows.
    books.update(7, |b| b.copies.set(b.copies - 1)).unwrap();
    assert_eq!(books.get(7).unwrap().copies, 0);
}

#[test]
fn a_query_whose_rows_are_inserted_is_checked_where_it_names_values() {
    let db = library();
    let books = BookRepository::new(&db);
    let error = books
        .insert_from(
            |b| (b.isbn, b.title, b.copies),
            Book::query().filter(|b| b.id.eq(1)).select(|b| (b.isbn, value(""), value(0_i64))),
        )
        .unwrap_err();
    assert_eq!(fields(&error), [("title", None), ("copies", None)]);
    assert_eq!(books.count().unwrap(), 20);
}
