#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| case().when(b.stock.gt(0), "there").when(b.stock.lt(0), 1).otherwise("gone")).all(&db)?;
    Ok(())
}
