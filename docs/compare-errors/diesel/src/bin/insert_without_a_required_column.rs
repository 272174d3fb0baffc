#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    diesel::insert_into(books::table).values(NewBook { isbn: "978".into() }).execute(db)?;
    Ok(())
}
