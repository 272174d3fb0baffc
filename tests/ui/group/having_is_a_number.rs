#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().group_by(|b| b.author_id).having(|_, b| count(b)).select(|author, b| author).all(&db)?;
    Ok(())
}
