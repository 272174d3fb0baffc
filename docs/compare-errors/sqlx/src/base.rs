//! What every mistake begins with. The macros read `library.db`, made of `schema.sql`.
#![allow(dead_code, unused_imports)]
pub use sqlx::SqlitePool;

pub struct Book {
    pub id: i64,
    pub isbn: String,
    pub title: String,
    pub author_id: Option<i64>,
    pub pages: Option<i64>,
    pub stock: i64,
    pub worth: Option<f64>,
}
