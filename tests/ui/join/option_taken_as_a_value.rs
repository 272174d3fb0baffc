#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let rows: Vec<(String, String)> = Book::query()
        .left_join::<Author>(|b, a| a.id.eq(b.author_id))
        .select(|(b, a)| (b.title, a.name))
        .all(&db)?;
    Ok(())
}
