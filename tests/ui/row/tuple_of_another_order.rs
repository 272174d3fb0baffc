#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let rows: Vec<(String, i64)> = Book::query().select(|b| (b.id, b.title)).all(&db)?;
    Ok(())
}
