//! Calibre's own database, which is only read.

use schema_core::Table;

/// A book of the library.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Book {
    /// Calibre's id.
    #[column(primary_key)]
    pub id: i64,
    /// Title as it is displayed.
    pub title: String,
    /// Author as it is sorted.
    pub author_sort: Option<String>,
    /// Folder in the library.
    pub path: String,
    /// Whether there is a cover.
    pub has_cover: Option<bool>,
}

/// An author.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    /// Calibre's id.
    #[column(primary_key)]
    pub id: i64,
    /// The name as it is displayed.
    pub name: String,
}

/// Who has written which book.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(name = "books_authors_link")]
pub struct BookAuthor {
    /// The link's id: authors are named in this order.
    #[column(primary_key)]
    pub id: i64,
    /// The book.
    pub book: i64,
    /// The author.
    pub author: i64,
}

schema_core::schema! {
    /// Calibre's `metadata.db`, as far as Tome reads it.
    external pub Calibre { Book, Author, BookAuthor }
}
