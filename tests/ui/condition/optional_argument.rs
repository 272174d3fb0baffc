#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let wanted: Option<String> = None;
    Book::query().filter(|b| b.title.eq(wanted)).all(&db)?;
    Ok(())
}
