#[path = "../base.rs"]
mod base;
use base::*;

fn main() -> QueryResult<()> {
    let db = &mut SqliteConnection::establish("library.db").expect("a database");
    let book: Book = books::table.filter(books::title.eq("Dune")).get_result(db)?;
    Ok(())
}
