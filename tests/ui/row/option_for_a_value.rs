#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query()
        .left_join::<Author>(|b, a| a.id.eq(b.author_id))
        .select(|(b, a)| TitleSelect { id: b.id, title: a.name })
        .all(&db)?;
    Ok(())
}
