//! Conditions that a model gives a name: plain functions of its columns.
#![allow(missing_docs)]

use schema_core::{
    Db, Table,
    dialect::sqlite::create_statements,
    expr::{Expr, Required},
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
    #[column(references = Author)]
    pub author_id: i64,
    pub title: String,
    pub cents: i64,
    #[column(default = 0)]
    pub stock: i64,
    #[column(soft_delete)]
    pub deleted_at: Option<OffsetDateTime>,
}

schema_core::schema! {
    pub Library { Author, Book }
}

/// Names of conditions on a book.
impl Book {
    pub fn in_stock(b: BookColumns<Required>) -> Expr<bool> {
        b.stock.gt(0)
    }

    pub fn over(cents: i64) -> impl Fn(BookColumns<Required>) -> Expr<bool> + Copy {
        move |b| b.cents.gt(cents)
    }

    pub fn worth_showing(b: BookColumns<Required>) -> Expr<bool> {
        Self::in_stock(b).and(Self::over(500)(b)).or(b.title.starts_with("book 1"))
    }
}

fn library() -> Db<Library> {
    let db = Db::<Library>::in_memory().unwrap();
    let sql =
        [Author::DEF, Book::DEF].into_iter().flat_map(create_statements).collect::<Vec<_>>().join(";\n");
    db.sqlite_raw(|connection| connection.execute_batch(&sql)).unwrap();
    let authors = AuthorRepository::new(&db);
    authors.insert_many((1..=4).map(|at| NewAuthor { name: format!("author {at}") })).unwrap();
    let new = |at: i64| {
        NewBook { author_id: 1 + at % 3, title: format!("book {at}"), cents: at * 100 }
            .with(|b| b.stock.set(at % 2))
    };
    BookRepository::new(&db).insert_many((1..=20).map(new)).unwrap();
    db
}

#[test]
fn a_function_of_the_columns_is_a_filter_wherever_one_stands() {
    let db = library();
    let books = BookRepository::new(&db);
    assert_eq!(Book::query().filter(Book::in_stock).count(&db).unwrap(), 10);
    assert_eq!(books.query().filter(Book::in_stock).filter(Book::over(1500)).count(&db).unwrap(), 2);
    assert_eq!(Book::query().filter(Book::worth_showing).count(&db).unwrap(), 13);
    assert_eq!(Book::query().filter(|b| !Book::in_stock(b)).count(&db).unwrap(), 10);
    // In a join, where the columns are those of one of its tables.
    let joined = Author::query()
        .join::<Book>(|a, b| b.author_id.eq(a.id).and(Book::in_stock(b)))
        .filter(|(_, b)| Book::over(1500)(b))
        .count(&db);
    assert_eq!(joined.unwrap(), 2);
    // On the far side of a LEFT JOIN it stands in the condition of the join.
    let stocked: Vec<(Author, Option<Book>)> = Author::query()
        .left_join::<Book>(|a, b| b.author_id.eq(a.id).and(Book::over(1900)(b)))
        .all(&db)
        .unwrap();
    assert_eq!((stocked.len(), stocked.iter().filter(|(_, book)| book.is_some()).count()), (4, 1));
    // In relations, loaded and asked.
    let loaded = Author::query().with(|a| a.books().filter(Book::over(1500))).all(&db).unwrap();
    assert_eq!(loaded.iter().map(|(_, books)| books.len()).sum::<usize>(), 5);
    let with_stock = Author::query().filter(|a| a.books().filter(Book::in_stock).exists()).count(&db);
    assert_eq!(with_stock.unwrap(), 3);
    // In updates and deletes.
    assert_eq!(Book::update().filter(Book::over(1900)).set(|b| b.stock.set(9)).run(&db).unwrap(), 1);
    assert_eq!(Book::delete().filter(|b| !Book::in_stock(b)).run(&db).unwrap(), 9);
    assert_eq!(books.count().unwrap(), 11);
}
