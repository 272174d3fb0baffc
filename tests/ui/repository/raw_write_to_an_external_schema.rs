#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Calibre>::open("metadata.db")?;
    schema_core::sql("DELETE FROM books").run(&db)?;
    Ok(())
}
