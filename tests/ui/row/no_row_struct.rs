#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

struct Plain {
    id: i64,
}

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| PlainSelect { id: b.id }).all(&db)?;
    Ok(())
}
