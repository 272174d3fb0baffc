#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().group_by(|b| b.author_id).having(|author, b| b.price.gt(1.0)).select(|author, b| author).all(&db)?;
    Ok(())
}
