#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().filter(|b| b.stock.and(b.id.eq(1))).all(&db)?;
    Ok(())
}
