#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let author = AuthorRepository::new(&db).insert(NewAuthor { name: "Frank".into() })?;
    BookRepository::new(&db).save(&author)?;
    Ok(())
}
