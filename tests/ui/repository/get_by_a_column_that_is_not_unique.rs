#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    BookRepository::new(&db).get_by(|b| b.title, "Dune")?;
    Ok(())
}
