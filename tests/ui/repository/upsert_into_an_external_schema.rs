#[path = "../library.rs"]
mod library;
use library::*;

fn main() -> schema_core::Result<()> {
    let db = Db::<Calibre>::in_memory()?;
    BookRepository::new(&db).upsert(NewBook { isbn: "978".into(), title: "Dune".into() }).do_nothing().run()?;
    Ok(())
}
