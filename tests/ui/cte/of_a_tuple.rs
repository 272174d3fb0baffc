#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let titles = Book::query().select(|b| (b.id, b.title)).cte("titles");
    Ok(())
}
