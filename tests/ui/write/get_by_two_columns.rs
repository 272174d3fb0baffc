#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    BookRepository::new(&db).get_by(|b| (b.author_id, b.title), (AuthorId(1), "Dune"))?;
    Ok(())
}
