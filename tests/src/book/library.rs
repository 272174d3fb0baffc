//! The models that the guide's pages share, and a database that is full of them.

use schema_core::{Db, Result, SqlEnum, Table, View};
use time::{Date, OffsetDateTime, macros::date};

/// Who writes, and whom they learnt from.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Author {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// The whole name.
    #[column(unique)]
    pub name: String,
    /// Who taught them.
    #[column(references = Author, inverse = "pupils", index)]
    pub teacher_id: Option<i64>,
}

/// A board, and what it stands in.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Shelf {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// What is written on it.
    pub name: String,
    /// What it is a part of.
    #[column(references = Shelf, inverse = "boards", index)]
    pub parent_id: Option<i64>,
}

/// What a book is to its reader.
#[derive(SqlEnum, Clone, Copy, Debug, PartialEq, Eq)]
#[sql_enum(rename_all = "kebab-case")]
pub enum Status {
    /// Some day.
    ToRead,
    /// Now.
    Reading,
    /// It was.
    Read,
}

/// A book.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(fts(title, blurb))]
#[table(check(price_not_negative = "price_cents >= 0"))]
pub struct Book {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// Thirteen digits.
    #[column(unique)]
    pub isbn: String,
    /// The title.
    pub title: String,
    /// What stands on its back.
    pub blurb: Option<String>,
    /// Who wrote it.
    #[column(references = Author, on_delete = set_null, index)]
    pub author_id: Option<i64>,
    /// Where it stands.
    #[column(references = Shelf, on_delete = set_null, index)]
    pub shelf_id: Option<i64>,
    /// Whether it is read.
    #[column(default = Status::ToRead)]
    pub status: Status,
    /// Its length.
    pub pages: Option<i64>,
    /// What one costs, in cents.
    #[column(default = 0)]
    pub price_cents: i64,
    /// How many there are.
    #[column(default = 0)]
    pub stock: i64,
    /// How often it was looked at.
    #[column(default = 0)]
    pub seen: i64,
    /// When it came out.
    pub published_on: Option<Date>,
    /// Words that belong to it.
    #[column(json, default_sql = "'[]'")]
    pub labels: Vec<String>,
    /// What another program knows of it.
    pub meta: Option<serde_json::Value>,
}

/// What somebody says of a book.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Review {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// Of what.
    #[column(references = Book, on_delete = cascade, index)]
    pub book_id: i64,
    /// Who wrote it.
    #[column(references = Author, index)]
    pub writer_id: i64,
    /// Who edited it.
    #[column(references = Author, index)]
    pub editor_id: Option<i64>,
    /// From 1 to 5.
    #[column(check = "stars BETWEEN 1 AND 5")]
    pub stars: i64,
}

/// A word that many books share.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Tag {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// The word.
    #[column(unique)]
    pub name: String,
    /// How often it is used.
    #[column(default = 0)]
    pub uses: i64,
}

/// Which word belongs to which book.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(primary_key(book_id, tag_id))]
#[table(joins(book_id, tag_id))]
pub struct BookTag {
    /// The book.
    #[column(references = Book, on_delete = cascade)]
    pub book_id: i64,
    /// The word.
    #[column(references = Tag, on_delete = cascade, index)]
    pub tag_id: i64,
}

/// The picture of a book.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Cover {
    /// Of which book.
    #[column(primary_key, references = Book, on_delete = cascade)]
    pub book_id: i64,
    /// The file.
    pub path: String,
}

/// A time of reading, of which a book has one at most that goes on.
#[derive(Table, Clone, Debug, PartialEq)]
#[table(index(book_id, unique, name = "sessions_active", where = "active"))]
pub struct Session {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// What is read.
    #[column(references = Book, on_delete = cascade, index)]
    pub book_id: i64,
    /// Whether it goes on.
    pub active: bool,
}

/// Who may log in.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct User {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// The name.
    #[column(unique)]
    pub name: String,
    /// Wrong passwords since the last right one.
    #[column(default = 0)]
    pub failures: i64,
    /// Until when nobody may log in.
    pub locked_until: Option<OffsetDateTime>,
    /// When they were here.
    pub seen_at: OffsetDateTime,
}

/// A run of somebody's backups.
#[derive(Table, Clone, Debug, PartialEq)]
pub struct Backup {
    /// The key.
    #[column(primary_key)]
    pub id: i64,
    /// When it began.
    #[column(index)]
    pub start_time: OffsetDateTime,
    /// What was copied.
    pub bytes: i64,
}

/// Authors by the number of their books.
#[derive(View, Clone, Debug)]
#[view(sql = "SELECT a.id, a.name, count(*) AS books
              FROM authors a JOIN books b ON b.author_id = a.id GROUP BY a.id")]
pub struct TopAuthors {
    /// The author's key.
    pub id: i64,
    /// The author's name.
    pub name: String,
    /// How many there are.
    pub books: i64,
}

schema_core::schema! {
    /// The schema of the guide.
    pub Library {
        Author, Shelf, Book, Review, Tag, BookTag, Cover, Session, User, Backup;
        views: [TopAuthors];
    }
}

/// A database of this test alone: twelve authors, sixty books, and what belongs to them.
///
/// # Panics
///
/// Where it cannot be made; it is for the guide's blocks, which have nobody to tell.
pub fn db() -> Db<Library> {
    let db = schema_migrate::test_db_of_models::<Library>().expect("the models make a schema");
    db.transaction(fill).expect("the rows fit the models");
    db
}

fn fill(tx: &schema_core::Tx<'_, Library>) -> Result<()> {
    let authors = AuthorRepository::new(tx);
    let shelves = ShelfRepository::new(tx);
    let books = BookRepository::new(tx);
    let tags = TagRepository::new(tx);
    for (id, parent) in [(1, None), (2, Some(1)), (3, Some(2))] {
        shelves.insert(NewShelf { name: format!("shelf {id}") }.with(|s| s.parent_id.set(parent)))?;
    }
    for name in ["old", "new", "long"] {
        tags.insert(NewTag { name: name.into() })?;
    }
    for number in 1..=12_i64 {
        let teacher = (number > 3).then_some(number % 3 + 1);
        authors.insert(NewAuthor { name: format!("Author {number}") }.with(|a| a.teacher_id.set(teacher)))?;
    }
    for number in 1..=60_i64 {
        let title = if number == 1 { "Dune".to_owned() } else { format!("Book {number}") };
        let author = (number % 7 != 0).then_some(number % 12 + 1);
        let book = books.insert(NewBook { isbn: format!("978044{number:07}"), title }.with(|b| {
            (
                b.author_id.set(author),
                b.shelf_id.set((number % 5 != 0).then_some(number % 3 + 1)),
                b.pages.set((number % 11 != 0).then_some(number * 20)),
                b.price_cents.set(number * 25),
                b.stock.set(number % 4),
                b.published_on.set(
                    (number % 6 != 0).then(|| date!(2001 - 01 - 01) + time::Duration::days(number * 90)),
                ),
                b.blurb.set((number % 2 == 0).then(|| format!("A sand worm and {number} words"))),
                b.labels
                    .set(vec![if number % 2 == 0 { "old" } else { "new" }.to_owned(), format!("n{number}")]),
            )
        }))?;
        BookTagRepository::new(tx).insert(NewBookTag { book_id: book.id, tag_id: number % 3 + 1 })?;
        SessionRepository::new(tx).insert(NewSession { book_id: book.id, active: number % 2 == 0 })?;
        if number % 3 == 0 {
            CoverRepository::new(tx).insert(NewCover { book_id: book.id, path: format!("{number}.png") })?;
            ReviewRepository::new(tx).insert(NewReview {
                book_id: book.id,
                writer_id: number % 12 + 1,
                stars: number % 5 + 1,
            })?;
        }
    }
    for number in 1..=20_i64 {
        let at = OffsetDateTime::now_utc() - time::Duration::days(number);
        BackupRepository::new(tx).insert(NewBackup { start_time: at, bytes: number * 1000 })?;
        UserRepository::new(tx).insert(
            NewUser { name: format!("user {number}"), seen_at: at }.with(|u| u.failures.set(number % 7)),
        )?;
    }
    Ok(())
}
