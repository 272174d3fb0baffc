#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    diesel::delete(books::table.find(1)).execute(db)?;
    Ok(())
}
