#[path = "../shelf.rs"]
mod shelf;
use schema_core::function::Function;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    const SORT: Function<(String,), String> = Function::new("sort");
    Book::query().select(|b| SORT.call(b.title)).all(&db)?;
    Ok(())
}
