#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let tx = db.begin()?;
    BookRepository::new(&tx).delete(1)?;
    tx.commit()?;
    Ok(())
}
