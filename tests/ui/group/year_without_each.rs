#[path = "../shelf.rs"]
mod shelf;
use schema_core::expr::max;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Author::query().group_by(|a| a.name).select(|name, a| (name, max(a.born.year()))).all(&db)?;
    Ok(())
}
