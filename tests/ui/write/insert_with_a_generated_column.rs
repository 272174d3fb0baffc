#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    AuthorRepository::new(&db).insert_many([NewAuthor { name: "Frank".into() }])?;
    let fill = |new: NewBook| new.with(|b| b.worth.set(1.0));
    Ok(())
}
