#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    Book::query().filter(|b| b.author_id.eq(b.id)).all(&db)?;
    Ok(())
}
