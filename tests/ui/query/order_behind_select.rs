#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().join::<Author>(|b, a| a.id.eq(b.author_id)).select(|(_, a)| a.name).order_by(|(b, _)| b.id.asc()).all(&db)?;
    Ok(())
}
