#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().filter(|b| b.author_id.in_list(vec![1_i64, 2])).all(&db)?;
    Ok(())
}
