#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let to: Option<i64> = None;
    Book::query().filter(|b| b.stock.between(1, to)).all(&db)?;
    Ok(())
}
