#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let author = Author::query().first(&db)?.unwrap();
    let books = author.books().all(&db)?;
    Ok(())
}
