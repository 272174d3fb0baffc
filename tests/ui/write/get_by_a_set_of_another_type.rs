#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    BookRepository::new(&db).get_by(|b| b.author_id_title, (AuthorId(1), 5))?;
    Ok(())
}
