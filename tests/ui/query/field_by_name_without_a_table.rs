#[path = "../shelf.rs"]
mod shelf;
use shelf::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Shelf>::in_memory()?;
    let field = BookColumns::by_name("title")?;
    Book::query().order_by(|b| field.desc()).all(&db)?;
    Ok(())
}
