#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Library>::in_memory()?;
    Event::delete().filter(|e| e.what.eq("x")).run(&db)?;
    Ok(())
}
