#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Visit::update().filter(|v| v.id.eq(1)).set(|v| v.path.set("/")).run(&db)?;
    Ok(())
}
