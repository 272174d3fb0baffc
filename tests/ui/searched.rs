#![allow(dead_code, unused_imports)]
//! The models of the cases about views and full-text indexes.
pub use schema_core::{Db, Table, View};

#[derive(Table, Clone, Debug)]
pub struct Author {
    #[column(primary_key)]
    pub id: i64,
    pub name: String,
}

#[derive(Table, Clone, Debug)]
#[table(fts(title))]
pub struct Book {
    #[column(primary_key)]
    pub id: i64,
    pub title: String,
    #[column(references = Author)]
    pub author_id: Option<i64>,
}

/// A table without a key.
#[derive(Table, Clone, Debug)]
pub struct Log {
    pub what: String,
}

#[derive(View, Clone, Debug)]
#[view(sql = "SELECT author_id AS id, count(*) AS books FROM books GROUP BY author_id")]
pub struct TopAuthors {
    pub id: i64,
    pub books: i64,
}

/// In no schema.
#[derive(View, Clone, Debug)]
#[view(sql = "SELECT 1 AS one")]
pub struct Stranger {
    pub one: i64,
}

schema_core::schema! {
    /// The application's own.
    pub Library { Author, Book, Log; views: [TopAuthors] }
}
