use schema_core::value::Json;
#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    Book::update().set(|b| b.meta.set(Some(Json(Meta { pages: 412 })))).all_rows().run(&db)?;
    Ok(())
}
