#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    db.insert(NewReview { book_id: 1, stars: 5, text: "good".into() })?;
    Ok(())
}
