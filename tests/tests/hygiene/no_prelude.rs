//! A module without the prelude.
#![no_implicit_prelude]

/// An author.
#[derive(::schema_core::SqlType, ::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug)]
pub(crate) struct AuthorId(pub(crate) i64);

/// A state.
#[derive(::schema_core::SqlEnum, ::std::clone::Clone, ::std::marker::Copy, ::std::fmt::Debug)]
pub(crate) enum Status {
    /// Not yet out.
    Draft,
    /// Out.
    Published,
}

/// An author.
#[derive(::schema_core::Table)]
pub(crate) struct Author {
    /// Its key.
    #[column(primary_key, default = rowid)]
    pub(crate) id: AuthorId,
    /// Its name.
    #[column(unique)]
    pub(crate) name: ::std::string::String,
}

/// A book.
#[derive(::schema_core::Table)]
#[table(unique(author_id, title), fts(title, tags), allow(L004 = "a reason"))]
pub(crate) struct Book {
    /// Its key.
    #[column(primary_key, default = uuid_v7)]
    pub(crate) id: ::uuid::Uuid,
    /// Its author.
    #[column(references = Author, on_delete = cascade)]
    pub(crate) author_id: ::std::option::Option<AuthorId>,
    /// Its title.
    pub(crate) title: ::std::string::String,
    /// Its state.
    #[column(default = Status::Draft)]
    pub(crate) status: Status,
    /// Its tags.
    #[column(json, default_sql = "'[]'")]
    pub(crate) tags: ::std::vec::Vec<::std::string::String>,
    /// When it was made.
    #[column(created_at)]
    pub(crate) created_at: ::time::OffsetDateTime,
    /// What is no column.
    #[column(skip)]
    pub(crate) cache: i64,
}

/// The authors of several books.
#[derive(::schema_core::View)]
#[view(sql = "SELECT author_id AS id, count(*) AS books, min(tags) AS tags FROM books GROUP BY author_id")]
#[view(trigger(sql = "CREATE TRIGGER on_top INSTEAD OF DELETE ON top_authors BEGIN SELECT 1; END"))]
pub(crate) struct TopAuthors {
    /// The author.
    pub(crate) id: ::std::option::Option<AuthorId>,
    /// How many.
    #[column(name = "books")]
    pub(crate) number: i64,
    /// Of one of them.
    #[column(json)]
    pub(crate) tags: ::std::vec::Vec<::std::string::String>,
    /// What is no column.
    #[column(skip)]
    pub(crate) cache: i64,
}

::schema_core::schema! {
    /// All of them.
    pub(crate) Library {
        Author, Book;
        views: [TopAuthors];
        sql: ["CREATE VIEW \"{odd}\" AS SELECT 1", "CREATE VIRTUAL TABLE notes USING fts5(note)"];
    }
}

pub(super) fn works() -> bool {
    let (_, _): (_, fn(&Book) -> i64) = (Status::Published, |book| book.cache);
    let (_, _): (fn(&TopAuthors) -> i64, _) =
        (|top| top.cache + top.number, Book::query().filter(|b| b.matches("x")));
    let library = <Library as ::schema_core::Schema>::DEF;
    library.tables.len() == 2 && library.views.len() == 2 && library.virtual_tables.len() == 1
}
