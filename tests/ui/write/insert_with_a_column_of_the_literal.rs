#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    AuthorRepository::new(&db).insert(NewAuthor { name: "Frank".into() }.with(|a| a.name.set("Herbert")))?;
    Ok(())
}
