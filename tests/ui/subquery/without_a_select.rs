#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().filter(|b| b.author_id.in_query(Author::query())).all(&db)?;
    Ok(())
}
