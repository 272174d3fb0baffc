#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let book: Book = Book::query().filter(|b| b.id.eq(1)).optional(&db)?;
    Ok(())
}
