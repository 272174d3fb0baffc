#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::in_memory()?;
    Book::query().all(&db)?;
    Ok(())
}
