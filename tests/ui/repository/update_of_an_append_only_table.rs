#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = schema_core::Db::<Library>::in_memory()?;
    EventRepository::new(&db).update(1, |e| e.what.set("nothing"))?;
    Ok(())
}
