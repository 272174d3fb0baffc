#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

#[derive(Row)]
struct Average {
    price: f64,
}

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::query().aggregate(|b| AverageSelect { price: avg(b.price) }).one(&db)?;
    Ok(())
}
