#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Author::query().with(|a| a.books()).select(|a| a.name).all(&db)?;
    Ok(())
}
