#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

struct OutOfStock;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    db.transaction(|tx| {
        Err(OutOfStock)?;
        Ok(())
    })?;
    Ok(())
}
