#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let stocked = true;
    Book::query().filter(|b| stocked && b.stock.gt(0)).all(&db)?;
    Ok(())
}
