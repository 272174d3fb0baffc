#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    let author = Some(AuthorId(1));
    Book::query().filter(|b| b.author_id.eq(author)).all(&db)?;
    Ok(())
}
