#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let statistics = Db::<Statistics>::in_memory()?;
    statistics.transaction(|tx| Book::query().all(tx))?;
    Ok(())
}
