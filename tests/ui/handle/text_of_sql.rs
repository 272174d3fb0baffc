#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    db.execute("DELETE FROM books WHERE stock = 0")?;
    Ok(())
}
