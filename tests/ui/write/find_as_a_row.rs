#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let book: Book = BookRepository::new(&db).find(1)?;
    Ok(())
}
