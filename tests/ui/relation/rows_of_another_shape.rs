#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let rows: Vec<(Author, Book)> = Author::query().with(|a| a.books()).all(&db)?;
    Ok(())
}
