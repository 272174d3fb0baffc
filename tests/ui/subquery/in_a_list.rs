#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().filter(|b| b.author_id.in_list(Author::query().select(|a| a.id))).all(&db)?;
    Ok(())
}
