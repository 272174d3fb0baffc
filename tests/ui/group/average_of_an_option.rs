#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let (books, average): (i64, f64) = Book::query().aggregate(|b| (count(b), avg(b.price))).one(&db)?;
    Ok(())
}
