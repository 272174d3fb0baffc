//! What a client asks of books.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use schema_core::{Db, query::Cursor, value::Json as Stored};
use serde::{Deserialize, Serialize};
use tome::{Book, BookRepository, BookUpdate, NewBook, Tome};

use crate::failure::Failure;

/// A book as clients see it.
#[derive(Serialize)]
pub(crate) struct Shown {
    id: i64,
    title: String,
    author: String,
    published_year: Option<i64>,
    pages: Option<i64>,
    subjects: Vec<String>,
}

impl From<Book> for Shown {
    fn from(book: Book) -> Self {
        let Book { id, title, author, published_year, pages, subjects, .. } = book;
        Self { id, title, author, published_year, pages, subjects }
    }
}

/// Which books, in which order, and which page of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    author: Option<String>,
    title: Option<String>,
    /// The first year of publication.
    from: Option<i64>,
    #[serde(default)]
    order: Order,
    limit: Option<u64>,
    after: Option<Cursor>,
}

/// The orders that a client may choose from.
#[derive(Deserialize, Default)]
#[serde(rename_all = "lowercase")]
enum Order {
    #[default]
    Author,
    Title,
    Newest,
}

/// A page of books.
#[derive(Serialize)]
pub(crate) struct Shelf {
    books: Vec<Shown>,
    /// What `after` takes for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<Cursor>,
}

const MOST_ON_A_PAGE: u64 = 100;

pub(crate) async fn list(
    State(db): State<Db<Tome>>,
    Query(asked): Query<Asked>,
) -> Result<Json<Shelf>, Failure> {
    let Asked { author, title, from, order, limit, after } = asked;
    // Filters that were not asked for leave no trace in the SQL.
    let books = Book::query()
        .filter(|b| b.is_orphan.eq(false))
        .filter_some(author, |b, author| b.author.contains(author))
        .filter_some(title, |b, title| b.title.contains(title))
        .filter_some(from, |b, year| b.published_year.ge(year));
    let books = match order {
        Order::Author => books.order_by(|b| (b.author_sort.asc().nulls_last(), b.title.asc())),
        Order::Title => books.order_by(|b| b.title.asc()),
        Order::Newest => books.order_by(|b| b.published_year.desc().nulls_last()),
    };
    let limit = limit.unwrap_or(20).clamp(1, MOST_ON_A_PAGE);
    let page = db.run(move |db| books.after(after).limit(limit).page(db)).await?;
    Ok(Json(Shelf { books: page.rows.into_iter().map(Shown::from).collect(), next: page.next }))
}

pub(crate) async fn get(State(db): State<Db<Tome>>, Path(id): Path<i64>) -> Result<Json<Shown>, Failure> {
    let book = db.run(move |db| BookRepository::new(db).get(id)).await?;
    Ok(Json(book.into()))
}

/// What a client says of a new book.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Offered {
    id: i64,
    title: String,
    author: String,
    path: String,
    pages: Option<i64>,
    published_year: Option<i64>,
    #[serde(default)]
    subjects: Vec<String>,
}

pub(crate) async fn create(
    State(db): State<Db<Tome>>,
    Json(offered): Json<Offered>,
) -> Result<(StatusCode, Json<Shown>), Failure> {
    let Offered { id, title, author, path, pages, published_year, subjects } = offered;
    let new = NewBook { title, author, path }.with(|b| {
        (
            b.id.set(id),
            b.pages.set(pages),
            b.published_year.set(published_year),
            b.subjects.set(Stored(subjects)),
        )
    });
    match db.run(move |db| BookRepository::new(db).insert(new)).await {
        Ok(book) => Ok((StatusCode::CREATED, Json(book.into()))),
        Err(error) if error.violates::<Book>(|b| b.id) => {
            Err(Failure::new(StatusCode::CONFLICT, format!("there is a book {id} already")))
        }
        Err(error) => Err(error.into()),
    }
}

/// Changes what the JSON has, and answers with the book as it is then: one transaction.
pub(crate) async fn change(
    State(db): State<Db<Tome>>,
    Path(id): Path<i64>,
    Json(changes): Json<BookUpdate>,
) -> Result<Json<Shown>, Failure> {
    let book = db
        .run(move |db| {
            db.transaction(|tx| {
                let books = BookRepository::new(tx);
                books.patch(id, changes)?;
                books.get(id)
            })
        })
        .await?;
    Ok(Json(book.into()))
}
