#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    books::table.filter(books::pages.eq(None)).load::<Book>(db)?;
    Ok(())
}
