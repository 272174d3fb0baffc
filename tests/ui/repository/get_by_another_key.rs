#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    AuthorRepository::new(&db).get(1_i64)?;
    Ok(())
}
