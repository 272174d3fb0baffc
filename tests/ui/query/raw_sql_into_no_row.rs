#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    schema_core::sql("SELECT title FROM books").all::<String>(&db)?;
    Ok(())
}
