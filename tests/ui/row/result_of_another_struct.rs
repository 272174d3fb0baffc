#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let reviews: Vec<Review> = Book::query().all(&db)?;
    Ok(())
}
