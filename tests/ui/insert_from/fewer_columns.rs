#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    ReviewRepository::new(&db).insert_from(|r| (r.id, r.text), Book::query().select(|b| b.id))?;
    Ok(())
}
