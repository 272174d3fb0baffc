#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Calibre>::in_memory()?;
    Book::delete().filter(|b| b.id.eq(1)).run(&db)?;
    Ok(())
}
