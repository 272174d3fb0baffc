#![allow(dead_code, unused_imports)]
//! The models of the cases about queries and repositories.
pub use schema_core::{Db, SqlEnum, SqlType, Table};

#[derive(SqlType, Clone, Copy, Debug, PartialEq)]
pub struct AuthorId(pub i64);

#[derive(SqlEnum, Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Draft,
    Published,
}

#[derive(Table, Clone, Debug)]
pub struct Author {
    #[column(primary_key, default = rowid)]
    pub id: AuthorId,
    pub name: String,
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
    #[column(default = 0)]
    pub price_cents: i64,
    #[column(default = Status::Draft)]
    pub status: Status,
    #[column(generated = "price_cents / 100.0")]
    pub price: f64,
}

#[derive(Table, Clone, Debug)]
#[table(append_only)]
pub struct Event {
    #[column(primary_key)]
    pub id: i64,
    pub what: String,
}

/// In no schema.
#[derive(Table, Clone, Debug)]
pub struct Stranger {
    #[column(primary_key)]
    pub id: i64,
}

schema_core::schema! {
    /// The application's own.
    pub Library { Author, Book, Event }
}
schema_core::schema! {
    /// Somebody else's.
    external pub Calibre { Book }
}
