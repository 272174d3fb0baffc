#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    BookRepository::new(&db).update(1, |b| {
        b.stock.set(1);
        b.title.set("Dune");
    })?;
    Ok(())
}
