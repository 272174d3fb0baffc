#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    diesel::update(books::table.filter(books::stock.eq(0))).execute(db)?;
    Ok(())
}
