#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::update().filter(|b| b.stock.eq(0)).set(|b| b.worth.set(1.0)).run(&db)?;
    Ok(())
}
