#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| b.title).filter(|b| b.stock.gt(1)).all(&db)?;
    Ok(())
}
