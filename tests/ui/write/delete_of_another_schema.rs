#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Visit::delete().filter(|v| v.id.eq(1)).run(&db)?;
    Ok(())
}
