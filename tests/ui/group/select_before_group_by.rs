#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| (b.author_id, b.title)).group_by(|b| b.author_id).all(&db)?;
    Ok(())
}
