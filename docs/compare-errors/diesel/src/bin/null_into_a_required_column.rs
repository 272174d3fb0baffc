#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    diesel::update(books::table.find(1)).set(books::title.eq(None::<String>)).execute(db)?;
    Ok(())
}
