#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    let _ = (db, BookUpdate { id: schema_core::set(2), ..Default::default() });
    Ok(())
}
