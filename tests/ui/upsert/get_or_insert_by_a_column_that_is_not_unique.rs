#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    AuthorRepository::new(&db).get_or_insert(|a| a.name, NewAuthor { name: "Frank".into() })?;
    Ok(())
}
