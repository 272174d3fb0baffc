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
#[table(unique(author_id, title))]
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

::schema_core::schema! {
    /// Both.
    pub(crate) Library { Author, Book }
}

pub(super) fn works() -> bool {
    let (_, _): (_, fn(&Book) -> i64) = (Status::Published, |book| book.cache);
    <Library as ::schema_core::Schema>::DEF.tables.len() == 2
}
