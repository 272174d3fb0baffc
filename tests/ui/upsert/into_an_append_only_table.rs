#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Library>::in_memory()?;
    EventRepository::new(&db).upsert(NewEvent { what: "x".into() }).on_conflict(|e| e.id).update_all().run()?;
    Ok(())
}
