#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    ReviewRepository::new(&db).insert_many([NewAuthor { name: "Frank".into() }])?;
    Ok(())
}
