#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| row_number().over(|w| w.order_by(b.price))).all(&db)?;
    Ok(())
}
