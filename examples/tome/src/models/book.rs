use schema_core::Table;
use time::OffsetDateTime;

/// A book, cached from Calibre.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(index(author_sort collate nocase, title))]
pub struct Book {
    /// The book's id in Calibre.
    #[column(primary_key)]
    pub id: i64,
    /// Title as it is displayed.
    pub title: String,
    /// Author as it is displayed.
    pub author: String,
    /// Author as it is sorted: `Austen, Jane`.
    pub author_sort: Option<String>,
    /// ISO 639 code of the language.
    pub language: Option<String>,
    /// Year of the first publication; negative before our era.
    #[column(renamed_from = "year")]
    pub published_year: Option<i64>,
    /// Printed pages.
    #[column(check = "pages > 0")]
    pub pages: Option<i64>,
    /// Subjects, the most specific first.
    #[column(json, default_sql = "'[]'")]
    pub subjects: Vec<String>,
    /// Folder in the Calibre library.
    pub path: String,
    /// Whether Calibre has a cover of it.
    #[column(default = false)]
    pub has_cover: bool,
    /// When the book was last seen in Calibre.
    #[column(default = now)]
    pub last_synced: OffsetDateTime,
    /// Whether the book has gone from Calibre.
    #[column(default = false, renamed_from = "orphan")]
    pub is_orphan: bool,
}
