#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    ReviewRepository::new(&db).upsert(NewReview { book_id: 1, stars: 5, text: "good".into() }).update_all().run()?;
    Ok(())
}
