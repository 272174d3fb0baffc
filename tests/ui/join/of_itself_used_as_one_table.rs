#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().join::<Book>(|b, other| other.title.eq(b.title)).filter(|b| b.id.gt(1)).all(&db)?;
    Ok(())
}
