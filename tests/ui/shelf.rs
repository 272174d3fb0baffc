#![allow(dead_code, unused_imports, unused_variables, unused_must_use)]
//! The models of the cases about joins, groups, relations and rows.
pub use schema_core::{
    Db, Row, SqlType, Table, exists,
    expr::{avg, case, count, days, each, now, row_number, sum},
    query::json_each,
    row, scalar,
};
use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime};

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
pub struct AuthorId(pub i64);

#[derive(Table, Clone, Debug)]
pub struct Author {
    #[column(primary_key, default = rowid)]
    pub id: AuthorId,
    pub name: String,
    pub born: Option<Date>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Meta {
    pub pages: i64,
}

#[derive(Table, Clone, Debug)]
#[table(unique(author_id, title))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    #[column(unique)]
    pub isbn: String,
    pub title: String,
    #[column(references = Author)]
    pub author_id: Option<AuthorId>,
    pub pages: Option<i64>,
    #[column(default = 0)]
    pub stock: i64,
    #[column(default = 0.0)]
    pub price: f64,
    #[column(generated = "price * stock")]
    pub worth: f64,
    #[column(json)]
    pub tags: Vec<String>,
    #[column(json)]
    pub meta: Option<Meta>,
    pub published_at: OffsetDateTime,
}

#[derive(Table, Clone, Debug)]
pub struct Review {
    #[column(primary_key)]
    pub id: i64,
    #[column(references = Book)]
    pub book_id: i64,
    pub stars: i64,
    pub text: String,
}

/// Of the other schema.
#[derive(Table, Clone, Debug)]
pub struct Visit {
    #[column(primary_key)]
    pub id: i64,
    pub path: String,
}

#[derive(Row, Debug)]
pub struct Title {
    pub id: i64,
    pub title: String,
}

schema_core::schema! {
    /// The application's own.
    pub Shelf { Author, Book, Review }
}
schema_core::schema! {
    /// Another database of the same program.
    pub Statistics { Visit }
}
