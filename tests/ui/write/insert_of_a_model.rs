#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let review = Review { id: 1, book_id: 1, stars: 5, text: "good".into() };
    ReviewRepository::new(&db).insert(review)?;
    Ok(())
}
