#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| (b.id, case().when(b.stock.gt(0), "there"))).all(&db)?;
    Ok(())
}
