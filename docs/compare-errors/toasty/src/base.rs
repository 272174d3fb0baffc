//! What every mistake begins with.
#![allow(dead_code, unused_imports)]

#[derive(Debug, toasty::Model)]
pub struct Author {
    #[key]
    #[auto]
    pub id: i64,
    pub name: String,
    #[has_many]
    pub books: toasty::Deferred<Vec<Book>>,
}
#[derive(Debug, toasty::Model)]
pub struct Book {
    #[key]
    #[auto]
    pub id: i64,
    #[unique]
    pub isbn: String,
    pub title: String,
    #[index]
    pub author_id: Option<i64>,
    #[belongs_to]
    pub author: toasty::Deferred<Option<Author>>,
    pub pages: Option<i64>,
    pub stock: i64,
    pub worth: f64,
}
#[derive(Debug, toasty::Model)]
pub struct Review {
    #[key]
    #[auto]
    pub id: i64,
    pub text: String,
}
