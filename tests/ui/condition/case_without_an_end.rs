#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().filter(|b| case().when(b.stock.gt(0), 1).eq(1)).all(&db)?;
    Ok(())
}
