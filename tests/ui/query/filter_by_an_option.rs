#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    let title: Option<&str> = None;
    Book::query().filter(|b| title.map(|title| b.title.eq(title))).all(&db)?;
    Ok(())
}
