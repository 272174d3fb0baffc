//! A reading tracker beside a Calibre library.

/// Books and how far they are read.
pub(crate) mod first {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Book {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(unique)]
        pub(crate) calibre_id: i64,
        pub(crate) title: String,
        #[column(default = false)]
        pub(crate) is_orphan: bool,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    #[table(index(book_id, unique, where = "is_active = 1"))]
    pub(crate) struct ReadingSession {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(references = Book, on_delete = cascade, index)]
        pub(crate) book_id: i64,
        #[column(default = true)]
        pub(crate) is_active: bool,
    }

    schema_core::schema! {
        pub(crate) Tome { Book, ReadingSession }
    }
}

/// Books have a rating, and a title is called what it is displayed as.
pub(crate) mod second {
    use schema_core::Table;

    #[derive(Table, Clone, Debug, PartialEq)]
    pub(crate) struct Book {
        #[column(primary_key, autoincrement)]
        pub(crate) id: i64,
        #[column(unique)]
        pub(crate) calibre_id: i64,
        #[column(renamed_from = "title")]
        pub(crate) display_title: String,
        #[column(default = false)]
        pub(crate) is_orphan: bool,
        #[column(check = "rating BETWEEN 0 AND 5")]
        pub(crate) rating: Option<i64>,
    }

    #[derive(Table, Clone, Debug, PartialEq)]
    #[table(index(book_id, unique, where = "is_active = 1"))]
    pub(crate) struct ReadingSession {
        #[column(primary_key)]
        pub(crate) id: i64,
        #[column(references = Book, on_delete = cascade, index)]
        pub(crate) book_id: i64,
        #[column(default = true)]
        pub(crate) is_active: bool,
    }

    schema_core::schema! {
        pub(crate) Tome { Book, ReadingSession }
    }
}
