#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().group_by(|b| b.author_id).filter(|b| b.stock.gt(1)).select(|author, b| (author, count(b))).all(&db)?;
    Ok(())
}
