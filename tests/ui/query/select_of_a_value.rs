#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    Book::query().select(|b| (b.title, 1)).all(&db)?;
    Ok(())
}
