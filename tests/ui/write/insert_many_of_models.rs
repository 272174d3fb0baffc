#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let books = BookRepository::new(&db).list()?;
    BookRepository::new(&db).insert_many(books)?;
    Ok(())
}
