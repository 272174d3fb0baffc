#[path = "../shelf.rs"]
mod shelf;
use schema_core::expr::lag;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| b.stock - lag(b.stock)).all(&db)?;
    Ok(())
}
