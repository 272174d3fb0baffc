#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    AuthorRepository::new(&db).insert(NewAuthor { name: "Frank".into(), born: None })?;
    Ok(())
}
