#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let change = |new: NewBook| BookRepository::new(&db).upsert(new).on_conflict(|b| b.isbn).update(|b, new| b.worth.set(new.price)).run();
    Ok(())
}
