#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let fill = |new: NewBook| new.with(|b| b.stock.set(b.stock + 1));
    Ok(())
}
