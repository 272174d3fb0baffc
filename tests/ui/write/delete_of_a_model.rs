#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let book = BookRepository::new(&db).get(1)?;
    BookRepository::new(&db).delete(&book)?;
    Ok(())
}
