#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let page = Book::query().limit(5).page(&db)?;
    Book::query().after(&page.next).limit(5).page(&db)?;
    Ok(())
}
