#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    books::table.filter(books::title).load::<Book>(db)?;
    Ok(())
}
