#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    let rows: Vec<String> = books::table.select(books::title).union(authors::table.select(authors::id)).load(db)?;
    Ok(())
}
