#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let page = Book::query().limit(20).page(&db)?;
    for book in page {
        println!("{}", book.title);
    }
    Ok(())
}
