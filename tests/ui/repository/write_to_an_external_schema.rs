#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    let calibre = Db::<Calibre>::in_memory()?;
    BookRepository::new(&calibre).delete(1)?;
    Ok(())
}
