#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Author::query().with(|a| a.reviews()).all(&db)?;
    Ok(())
}
