#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().select(|b| b.meta.json_extract::<Option<i64>>("$.pages")).all(&db)?;
    Ok(())
}
