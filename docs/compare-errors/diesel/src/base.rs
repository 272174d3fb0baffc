//! What every mistake begins with.
#![allow(dead_code, unused_imports)]
pub use diesel::{dsl::count_star, prelude::*, sqlite::SqliteConnection};

diesel::table! {
    authors (id) {
        id -> Integer,
        name -> Text,
    }
}
diesel::table! {
    books (id) {
        id -> Integer,
        isbn -> Text,
        title -> Text,
        author_id -> Nullable<Integer>,
        pages -> Nullable<Integer>,
        stock -> Integer,
        worth -> Double,
    }
}
diesel::table! {
    reviews (id) {
        id -> Integer,
        book_id -> Integer,
    }
}
diesel::joinable!(books -> authors (author_id));
diesel::joinable!(reviews -> books (book_id));
diesel::allow_tables_to_appear_in_same_query!(authors, books, reviews);

#[derive(Queryable, Selectable, Identifiable)]
#[diesel(table_name = authors)]
pub struct Author {
    pub id: i32,
    pub name: String,
}
#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = books, belongs_to(Author))]
pub struct Book {
    pub id: i32,
    pub isbn: String,
    pub title: String,
    pub author_id: Option<i32>,
    pub pages: Option<i32>,
    pub stock: i32,
    pub worth: f64,
}
#[derive(Queryable, Selectable, Identifiable, Associations)]
#[diesel(table_name = reviews, belongs_to(Book))]
pub struct Review {
    pub id: i32,
    pub book_id: i32,
}
#[derive(Insertable)]
#[diesel(table_name = books)]
pub struct NewBook {
    pub isbn: String,
    pub title: String,
}
