#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let total = Book::query().sum(|b| b.price).one(&db)?;
    Ok(())
}
