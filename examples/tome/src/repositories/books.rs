use schema_core::{Db, Result, Row, Table, expr::group_concat, query::Query, scalar};
use time::OffsetDateTime;

use crate::models::{
    Book, BookRepository, NewBook, Tome,
    calibre::{self, Calibre},
};

/// A book as Calibre has it.
#[derive(Row, Clone, Debug, PartialEq)]
pub struct CalibreBook {
    /// Calibre's id.
    pub id: i64,
    /// Title as it is displayed.
    pub title: String,
    /// Author as it is displayed.
    pub author: String,
    /// Author as it is sorted.
    pub author_sort: String,
    /// Folder in the library.
    pub path: String,
    /// Whether there is a cover.
    pub has_cover: bool,
}

/// What a sync did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Books that are new.
    pub added: u64,
    /// Books that were known.
    pub updated: u64,
    /// Books that have gone from Calibre.
    pub orphaned: u64,
}

/// Books of an author, the oldest first: a function, so that `db-advise` is asked the same.
pub fn books_of(author: &str) -> Query<Book> {
    Book::query()
        .filter(|b| b.author.eq(author))
        .order_by(|b| (b.published_year.asc().nulls_last(), b.title.asc()))
}

impl BookRepository<'_, Tome> {
    /// Books of an author, the oldest first.
    pub fn by_author(&self, author: &str) -> Result<Vec<Book>> {
        books_of(author).all(self)
    }

    /// Books whose title or author contains a text, in the order of the authors.
    pub fn search(&self, text: &str) -> Result<Vec<Book>> {
        Book::query()
            .filter(|b| b.title.contains(text).or(b.author.contains(text)))
            .order_by(|b| (b.author_sort.asc(), b.title.asc()))
            .all(self)
    }

    /// Takes over what a Calibre library has, in one transaction: see [`sync`](Self::sync).
    pub fn sync_from(db: &Db<Tome>, library: &Db<Calibre>) -> Result<Synced> {
        let books = calibre::Book::query()
            .order_by(|b| b.id.asc())
            .select(|b| {
                let authors = calibre::BookAuthor::query()
                    .join::<calibre::Author>(|link, a| a.id.eq(link.author))
                    .filter(|(link, _)| link.book.eq(b.id))
                    .order_by(|(link, _)| link.id.asc())
                    .select(|(_, a)| AuthorSelect { name: a.name })
                    .as_table()
                    .aggregate(|a| group_concat(a.name, " & "));
                let authors = || scalar(authors.clone()).unwrap_or("Unknown");
                CalibreBookSelect {
                    id: b.id,
                    title: b.title,
                    author: authors(),
                    author_sort: b.author_sort.unwrap_or(authors()),
                    path: b.path,
                    has_cover: b.has_cover.unwrap_or(false),
                }
            })
            .all(library)?;
        db.transaction(|tx| BookRepository::new(tx).sync(&books))
    }

    /// Takes over what Calibre has: new books are added, known ones updated, and those that Calibre no
    /// longer has are marked. Run it in a transaction, so that a failed sync changes nothing.
    pub fn sync(&self, library: &[CalibreBook]) -> Result<Synced> {
        let now = OffsetDateTime::now_utc();
        let before = self.count()?;
        for book in library {
            let new =
                NewBook { title: book.title.clone(), author: book.author.clone(), path: book.path.clone() };
            let new = new.with(|b| {
                (
                    b.id.set(book.id),
                    b.author_sort.set(&book.author_sort),
                    b.has_cover.set(book.has_cover),
                    b.last_synced.set(now),
                )
            });
            self.upsert(new)
                .on_conflict(|b| b.id)
                .update(|b, new| {
                    (
                        b.title.set(new.title),
                        b.author.set(new.author),
                        b.author_sort.set(new.author_sort),
                        b.path.set(new.path),
                        b.has_cover.set(new.has_cover),
                        b.last_synced.set(new.last_synced),
                        b.is_orphan.set(false),
                    )
                })
                .run()?;
        }
        let added = self.count()? - before;
        // What was not seen now is gone.
        let orphaned = Book::update()
            .filter(|b| b.is_orphan.eq(false).and(b.last_synced.lt(now)))
            .set(|b| b.is_orphan.set(true))
            .run(self)?;
        Ok(Synced { added, updated: library.len() as u64 - added, orphaned })
    }
}

/// An author of a book.
#[derive(Row, Clone, Debug)]
struct Author {
    name: String,
}
