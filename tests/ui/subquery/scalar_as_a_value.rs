#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let names: Vec<String> = Book::query().select(|b| scalar(Author::query().limit(1).select(|a| a.name))).all(&db)?;
    Ok(())
}
