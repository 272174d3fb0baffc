use schema_core::Result;
use time::OffsetDateTime;

use crate::models::{Book, BookRepository, NewBook, Tome};

/// A book as Calibre has it.
#[derive(Clone, Debug, PartialEq)]
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
    pub added: usize,
    /// Books that were known.
    pub updated: usize,
    /// Books that have gone from Calibre.
    pub orphaned: usize,
}

impl BookRepository<'_, Tome> {
    /// Books of an author, the oldest first.
    pub fn by_author(&self, author: &str) -> Result<Vec<Book>> {
        Book::query()
            .filter(|b| b.author.eq(author))
            .order_by(|b| (b.published_year.asc().nulls_last(), b.title.asc()))
            .all(self)
    }

    /// Books whose title or author contains a text, in the order of the authors.
    pub fn search(&self, text: &str) -> Result<Vec<Book>> {
        Book::query()
            .filter(|b| b.title.contains(text).or(b.author.contains(text)))
            .order_by(|b| (b.author_sort.asc(), b.title.asc()))
            .all(self)
    }

    /// Takes over what Calibre has: new books are added, known ones updated, and those that Calibre no
    /// longer has are marked. Run it in a transaction, so that a failed sync changes nothing.
    pub fn sync(&self, library: &[CalibreBook]) -> Result<Synced> {
        let now = OffsetDateTime::now_utc();
        let mut synced = Synced::default();
        for book in library {
            if self.exists(book.id)? {
                self.update(book.id, |b| {
                    (
                        b.title.set(&book.title),
                        b.author.set(&book.author),
                        b.author_sort.set(&book.author_sort),
                        b.path.set(&book.path),
                        b.has_cover.set(book.has_cover),
                        b.last_synced.set(now),
                        b.is_orphan.set(false),
                    )
                })?;
                synced.updated += 1;
            } else {
                let new = NewBook {
                    title: book.title.clone(),
                    author: book.author.clone(),
                    path: book.path.clone(),
                };
                self.insert(new.with(|b| {
                    (
                        b.id.set(book.id),
                        b.author_sort.set(&book.author_sort),
                        b.has_cover.set(book.has_cover),
                        b.last_synced.set(now),
                    )
                }))?;
                synced.added += 1;
            }
        }
        let gone = Book::query()
            .filter(|b| b.is_orphan.eq(false).and(b.id.not_in_list(library.iter().map(|book| book.id))))
            .select(|b| b.id)
            .all(self)?;
        for id in gone {
            self.update(id, |b| b.is_orphan.set(true))?;
            synced.orphaned += 1;
        }
        Ok(synced)
    }
}
