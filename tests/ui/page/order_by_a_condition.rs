#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().order_by(|b| b.stock.gt(1)).all(&db)?;
    Ok(())
}
