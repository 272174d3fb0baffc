#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().join::<Meta>(|b, m| m.id.eq(b.id)).all(&db)?;
    Ok(())
}
