#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().where_(|b| b.title.eq("Dune")).all(&db)?;
    Ok(())
}
