use schema_core::{Error, Result, Tx};

use crate::models::{BookRepository, NewBook, Tome};
use crate::sample;

/// Fills a database for development with the books of the CSV. `progress` hears how many of how many are
/// there. It may run again: each book has its id, and what is there stays as it is.
///
/// # Errors
/// A CSV that cannot be read, or what the database refuses.
pub fn seed(tx: &Tx<'_, Tome>, mut progress: impl FnMut(u64, u64)) -> Result<()> {
    let lines = sample::lines().map_err(Error::other)?;
    let books = BookRepository::new(tx);
    let total = lines.len() as u64;
    for (done, (id, line)) in (1..).zip((1_i64..).zip(lines)) {
        if !books.exists(id)? {
            let new = NewBook {
                path: format!("{}/{} ({id})", line.author, line.title),
                title: line.title,
                author: line.author,
            };
            books.insert(new.with(|b| {
                (
                    b.id.set(id),
                    b.author_sort.set(&line.author_sort),
                    b.published_year.set(line.year),
                    b.pages.set(line.pages),
                    b.subjects.set(line.subjects),
                )
            }))?;
        }
        progress(done, total);
    }
    Ok(())
}
