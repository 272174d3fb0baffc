#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Library>::in_memory()?;
    BookRepository::new(&db).update(1, |b| b.status.set("draft"))?;
    Ok(())
}
