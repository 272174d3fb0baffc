//! The application of the introduction.

use std::path::Path;

use schema_core::{Result, Table};

/// A book on the shelf.
#[derive(Table, Clone, Debug)]
pub struct Book {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// Thirteen digits.
    #[column(unique)]
    pub isbn: String,
    /// The title.
    pub title: String,
    /// Who wrote it.
    #[column(references = Author, on_delete = set_null, index)]
    pub author_id: Option<i64>,
    /// Its length.
    #[column(default = 0)]
    pub pages: i64,
}

/// Who wrote it.
#[derive(Table, Clone, Debug)]
pub struct Author {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// The name.
    pub name: String,
}

schema_core::schema! {
    /// The introduction's schema.
    pub Library { Author, Book }
}

/// Makes a file with the models' tables, as the first migration would.
///
/// # Errors
///
/// Where no file can be made at `path`.
pub fn create(path: impl AsRef<Path>) -> Result<()> {
    schema_migrate::test_db_of_models::<Library>()
        .map_err(schema_core::Error::other)?
        .copy_to(path.as_ref(), |_| ())
        .map(drop)
}
