#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    AuthorRepository::new(&db).patch(AuthorId(1), AuthorUpdate { name: "Frank".to_owned(), ..Default::default() })?;
    Ok(())
}
