#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    BookRepository::new(&db).patch(1, BookUpdate { worth: schema_core::set(1.0), ..Default::default() })?;
    Ok(())
}
