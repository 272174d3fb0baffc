#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    Book::query().join::<Stranger>(|b, s| s.id.eq(b.id)).all(&db)?;
    Ok(())
}
