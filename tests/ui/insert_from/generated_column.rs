#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    BookRepository::new(&db).insert_from(|b| (b.id, b.worth), Book::query().select(|b| (b.id, b.price)))?;
    Ok(())
}
